import type * as pulumi from "@pulumi/pulumi";

/**
 * A change to a child's arguments or options that its component does not offer: arguments that override the
 * component's, or a function that changes arguments and options in place, just before the child is created. The result
 * is not checked.
 */
export type Transform<
  Args extends object,
  Options extends pulumi.ResourceOptions = pulumi.CustomResourceOptions,
> = Partial<Args> | ((args: Args, opts: Options, name: string) => void);

/**
 * The arguments of a child's constructor after its transform. Name and parent cannot change: they identify the child in
 * the state.
 */
export function transformed<Args extends object, Options extends pulumi.ResourceOptions>(
  transform: Transform<Args, Options> | undefined,
  name: string,
  args: Args,
  opts: Options,
): [name: string, args: Args, opts: Options] {
  if (typeof transform !== "function") return [name, { ...args, ...transform }, opts];
  const [ownArgs, ownOpts] = [{ ...args }, { ...opts }];
  transform(ownArgs, ownOpts, name);
  return [name, ownArgs, { ...ownOpts, parent: opts.parent }];
}

/** A child after its transform; see `transformed`. */
export function create<Made, Args extends object, Options extends pulumi.ResourceOptions>(
  kind: new (name: string, args: Args, opts?: Options) => Made,
  transform: Transform<Args, Options> | undefined,
  name: string,
  args: Args,
  opts: Options,
): Made {
  return new kind(...transformed(transform, name, args, opts));
}
