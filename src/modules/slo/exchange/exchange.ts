import { stringify } from 'yaml';
import { because } from '#kernel/errors.ts';
import type { Output } from '#kernel/operation.ts';
import { listServicesBySlugs } from '#modules/catalog/index.ts';
import { listSourceAddresses } from '#modules/signals/index.ts';
import type { Db } from '#platform/verb.ts';
import type { contract } from '../contract.ts';
import { tryVersion } from '../book.ts';
import { canonicalDefinition, type ObjectiveDocument } from '../openslo/definition.ts';
import { exportOpenSlo } from '../openslo/export.ts';
import { importOpenSlo } from '../openslo/import.ts';
import { definitionInput } from '../edit/put-objective.ts';
import { exportAlertmanager } from '../rules/export-alertmanager.ts';
import { exportRules } from '../rules/export-rules.ts';
import { importSloth } from '../sloth/import.ts';
import { findVersions, listObjectives, loadObjective } from '../store.ts';

export type ExportFormat = 'nines' | 'openslo' | 'prometheus' | 'kubernetes' | 'alertmanager';
type Exported = Output<typeof contract.exportObjectives>;

/** The latest version of objectives as text for elsewhere; what cannot be said there is told. */
export async function exportObjectives(db: Db, { format, slug }: { format: ExportFormat; slug?: string | undefined }): Promise<Exported> {
  const documents = await listDocuments(db, slug);
  switch (format) {
    case 'nines':
      return plain(stringify(Object.fromEntries(documents.map((document) => [document.slug, document.definition])), { lineWidth: 0 }));
    case 'openslo': {
      const definitions = documents.map(({ definition }) => definition);
      const services = await listServicesBySlugs(db, [...new Set(definitions.map(({ service }) => service))]);
      const used = definitions.flatMap(({ indicator }) => ('source' in indicator ? [indicator.source] : []));
      const sources = await listSourceAddresses(db, [...new Set(used)]);
      const { text, problems } = exportOpenSlo(documents, {
        services: services.map(({ slug: its, name, description }) => ({ slug: its, name, description })),
        sources: sources.map((source) => ({ ...source, type: 'prometheus', description: '' })),
      });
      const leftOut = problems.map(({ path, message }) => ({
        slug: path.split('.')[0] ?? path,
        because: because('invalid_definition', message),
      }));
      return { text, leftOut, notes: [] };
    }
    case 'prometheus':
    case 'kubernetes': {
      const { text, notExported, notes } = exportRules(documents, { kubernetes: format === 'kubernetes' });
      return { text, leftOut: notExported, notes };
    }
    case 'alertmanager':
      return plain(exportAlertmanager(documents));
  }
}

function plain(text: string): Exported {
  return { text, leftOut: [], notes: [] };
}

async function listDocuments(db: Db, slug: string | undefined): Promise<ObjectiveDocument[]> {
  const rows = slug === undefined ? await listObjectives(db) : [await loadObjective(db, slug)];
  const versions = await findVersions(
    db,
    rows.map((row) => ({ objectiveId: row.id, number: row.version })),
  );
  const byId = new Map(versions.map((version) => [version.objectiveId, tryVersion(version)?.definition]));
  return rows.flatMap((row) => {
    const definition = byId.get(row.id);
    const read = definition === undefined ? undefined : canonicalDefinition(definitionInput(definition));
    return read !== undefined && 'definition' in read ? [{ slug: row.slug, definition: read.definition }] : [];
  });
}

export interface ImportInput {
  format: 'openslo' | 'sloth';
  text: string;
  mode: 'strict' | 'lenient';
  source: string;
}

/** Reads other tools' objectives. Stores nothing: what it comes to is looked at first, and then applied. */
export function importObjectives({ format, text, mode, source }: ImportInput): Output<typeof contract.importObjectives> {
  if (format === 'sloth') {
    const { objectives, report, problems } = importSloth(text, { source });
    return { documents: objectives.map(document), services: [], sources: [], report, problems: [...problems] };
  }
  const { objectives, services, sources, report, problems } = importOpenSlo(text, { mode, source });
  return {
    documents: objectives.map(document),
    services,
    sources: sources.map(({ slug, name, url }) => ({ slug, name, url: url ?? null })),
    report,
    problems: [...problems],
  };
}

function document({ slug, definition }: ObjectiveDocument): { slug: string; definition: Record<string, unknown> } {
  return { slug, definition: { ...definition } };
}
