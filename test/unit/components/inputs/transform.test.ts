import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { transformed, type Transform } from "../../../../components/inputs/transform.ts";

interface Args {
  one: number;
  two?: string;
}

describe("transformed", () => {
  const parent = { is: "the parent" } as unknown as pulumi.Resource;
  const apply = (transform?: Transform<Args>) =>
    transformed(transform, "app-role", { one: 1, two: "b" } satisfies Args as Args, {
      parent,
      protect: false,
    });

  it("changes nothing without a transform", () => {
    expect(apply()).to.deep.equal(["app-role", { one: 1, two: "b" }, { parent, protect: false }]);
  });

  it("replaces the arguments that a transform names", () => {
    expect(apply({ two: "c" })).to.deep.equal(["app-role", { one: 1, two: "c" }, { parent, protect: false }]);
  });

  it("lets a function change arguments and options, and passes it the name", () => {
    const [, args, opts] = apply((own, options, name) => {
      own.two = name;
      options.protect = own.one === 1;
    });
    expect({ args, opts }).to.deep.equal({
      args: { one: 1, two: "app-role" },
      opts: { parent, protect: true },
    });
  });

  it("keeps the parent", () => {
    const [, , opts] = apply((_, options) => {
      delete options.parent;
    });
    expect(opts).to.have.property("parent", parent);
  });

  it("does not change the caller's own objects", () => {
    const [args, opts] = [{ one: 1 }, { parent }];
    const transform: Transform<Args> = (own, options) => {
      own.one = 2;
      options.protect = true;
    };
    transformed<Args, pulumi.CustomResourceOptions>(transform, "app-role", args, opts);
    expect({ args, opts }).to.deep.equal({ args: { one: 1 }, opts: { parent } });
  });
});
