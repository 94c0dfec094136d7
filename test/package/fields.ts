import ts from "typescript";

/**
 * A program that exports every public field of the classes and arguments that a package exports. Compiled with
 * `declaration`, it has to name the type of each.
 *
 * @param name the package's
 * @param declarations the file of its declarations
 */
export function programOfFields(name: string, declarations: string): string {
  const program = ts.createProgram([declarations], { module: ts.ModuleKind.NodeNext, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const entry = source && checker.getSymbolAtLocation(source);
  if (entry === undefined) throw new Error(`${declarations} exports nothing`);
  const lines = checker.getExportsOfModule(entry).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declared = symbol.members ?? new Map<ts.__String, ts.Symbol>();
    const fields = [...declared.values()].filter(isPublicField).map((field) => field.name);
    return fields.map(
      (field) => `export const ${exported.name}_${field} = ({} as entry.${exported.name}).${field};`,
    );
  });
  return [`import type * as entry from "${name}";`, ...lines].join("\n");
}

function isPublicField({ flags, valueDeclaration }: ts.Symbol): boolean {
  if (!(flags & ts.SymbolFlags.Property) || valueDeclaration === undefined) return false;
  return !(ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.NonPublicAccessibilityModifier);
}
