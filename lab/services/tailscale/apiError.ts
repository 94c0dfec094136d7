/** Thrown by a route and sent as `{"message": …}`: https://tailscale.com/api#description/errors */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}
