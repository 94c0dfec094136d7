import * as pulumi from "@pulumi/pulumi";

/**
 * Options of a component's child. What the component depends on is repeated for the child: the
 * component's own `dependsOn` orders creation, but only a resource's own one orders its removal.
 */
export function childOptions(
  parent: pulumi.Resource,
  componentOptions: pulumi.ComponentResourceOptions | undefined,
  ...dependsOn: pulumi.Resource[]
): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ parent, dependsOn }, { dependsOn: componentOptions?.dependsOn });
}
