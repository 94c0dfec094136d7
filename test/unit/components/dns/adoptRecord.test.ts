import { expect } from "chai";
import { adoptRecord } from "../../../../components/dns/adoptRecord.ts";
import { runProgram } from "../engine.ts";
import { engineWith, inState } from "../state/state.ts";

const type = "cloudflare:index/dnsRecord:DnsRecord";
const props = { zoneId: "z1", name: "photos.example.com", content: "192.0.2.1" };
const ours = { name: "photos.example.com", type: "A", content: "192.0.2.1" };

/** The import if Cloudflare has these records with this stack's comment, and the requests to Cloudflare. */
async function imported(results: object[], state: Record<string, object> = {}) {
  const questions: object[] = [];
  const answer = (question: object) => {
    questions.push(question);
    return { results };
  };
  const args = { custom: true, type, name: "photos-record-a", props, opts: {} };
  const { call } = engineWith(state);
  const { result } = await runProgram(() => adoptRecord(args), {
    call: { ...call, "cloudflare:index/getDnsRecords:getDnsRecords": answer },
  });
  return { id: (result?.opts as { import?: string } | undefined)?.import, questions };
}

describe("a record that an interrupted run left at Cloudflare", () => {
  it("is imported, since Cloudflare would refuse a duplicate", async () => {
    const { id, questions } = await imported([
      { ...ours, id: "another", content: "192.0.2.9" },
      { ...ours, id: "r1" },
    ]);
    expect(id).to.equal("z1/r1");
    expect(questions, "records with this stack's comment alone").to.have.lengthOf(1);
    expect(questions[0]).to.deep.include({ comment: { exact: "mynodeone stack" } });
  });

  it("is imported only if it points to the same address", async () => {
    expect((await imported([{ ...ours, id: "r1", content: "192.0.2.9" }])).id).to.equal(undefined);
  });

  it("is not looked up if the state has it, under any name", async () => {
    const { id, questions } = await imported([{ ...ours, id: "r1" }], inState(type, "renamed-a", ours));
    expect(id).to.equal(undefined);
    expect(questions).to.be.empty;
  });
});
