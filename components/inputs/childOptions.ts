import * as pulumi from "@pulumi/pulumi";

/**
 * Options of a component's child. The component's dependencies are repeated for the child: the component's `dependsOn`
 * orders only creation, while the child's own orders its removal, too.
 */
export function childOptions(
  parent: pulumi.Resource,
  componentOptions: pulumi.ComponentResourceOptions | undefined,
  ...dependsOn: pulumi.Resource[]
): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ parent, dependsOn }, { dependsOn: componentOptions?.dependsOn });
}
