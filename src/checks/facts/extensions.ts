import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Extension } from '../../talos/model/upgrade.ts';
import { isSchematic } from '../../talos/resources/upgrade.ts';

/** The modules of the kernel and of extensions, indexed together. */
const moduleIndex = 'modules.dep';

/** The extensions that somebody chose, without those that come with the image; undefined if they are not known. */
export function extensionsOf({ extensions }: NodeSnapshot): readonly Extension[] | undefined {
  return extensions.ok ? extensions.value.filter((one) => !isSchematic(one) && one.name !== moduleIndex) : undefined;
}

/** The id of the image's schematic, as its extensions tell; undefined if they do not. */
export function schematicAmong({ extensions }: NodeSnapshot): string | undefined {
  return extensions.ok ? extensions.value.find(isSchematic)?.version : undefined;
}

/** The id of the image's schematic, from its extensions or from Talos; undefined if it has none, or none is known. */
export function schematicOf(node: NodeSnapshot): string | undefined {
  return schematicAmong(node) ?? (node.schematic.ok ? node.schematic.value : undefined);
}

/** Enough of the id to tell schematics apart. */
export function schematicText(schematic: string | undefined): string {
  return schematic === undefined ? 'no schematic' : `the schematic ${schematic.slice(0, 8)}`;
}

/** `iscsi-tools:v0.2.0`. */
export function extensionText({ name, version }: Extension): string {
  return version === '' ? name : `${name}:${version}`;
}
