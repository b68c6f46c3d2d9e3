#!/bin/sh
# ts-morph 28: does `isInterface()` say that a value's type is an interface?
#
# Guess: for a parameter of type `Page<Account>`, with `interface Page<T>`, it says true, as it does for `Account`. Really it says false as soon as
# the interface has type arguments; only the type's target, the interface without arguments, is one. Its symbol and declaration are
# those of the interface all the same.
#
# Why it matters: a stub compiler that names the types of an interface by `isInterface()` loses the names of all generic ones. Nothing
# fails: the types come out as anonymous copies, one for each place, and one that contains itself has no name to refer to.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ts-morph@28.0.0
cat > check.mjs <<'JS'
import { Project, ts } from "ts-morph";
const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { strict: true } });
const file = project.createSourceFile("bank.ts", `
  export interface Account { name: string }
  export interface Page<T> { items: T[] }
  export interface Bank { open(x: Account): void; list(x: Page<Account>): void }
`);
const [plain, generic] = file.getInterfaceOrThrow("Bank").getMethods().map((method) => method.getParameters()[0].getType());
console.log(`ts-morph 28.0.0, TypeScript ${ts.version}`);
const answers = {
  "Account": plain.isInterface(),
  "Page<Account>": generic.isInterface(),
  "target of Page<Account>": generic.getTargetType()?.isInterface(),
};
for (const [type, answer] of Object.entries(answers)) console.log(`${type}: isInterface() is ${answer}`);
console.log(`symbol of Page<Account>: ${generic.getSymbol()?.getName()}, a ${generic.getSymbol()?.getDeclarations()[0].getKindName()}`);
const asSeen = answers.Account === true && answers["Page<Account>"] === false && answers["target of Page<Account>"] === true;
process.exit(asSeen ? 0 : 1);
JS
node check.mjs
