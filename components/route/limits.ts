/**
 * Requests of one client that an app has in flight at an edge, where nobody says otherwise. A browser has up to 100,
 * over one connection. The app's proxy takes 256 connections: what one client cannot take is for the others.
 */
export const defaultRequestsInFlight = 192;
