/** Whether browsers are told to use only HTTPS. */
export const defaultHsts = true;

/**
 * Limit of one client's requests in flight per app and edge. A browser has up to 100, over one connection. The
 * app's proxy accepts 256 connections; the difference is left for other clients.
 */
export const defaultRequestsInFlight = 192;
