import { nameOf, type Resource } from './resource.ts';

/**
 * The resources in an order in which each comes after what it needs, and otherwise as they were given. Throws when one needs
 * what is not there, or itself.
 */
export function inOrder(resources: readonly Resource[]): Resource[] {
  const byName = new Map(resources.map((resource) => [nameOf(resource), resource]));
  const done = new Set<Resource>();
  const ordered: Resource[] = [];
  const place = (resource: Resource, path: readonly string[]): void => {
    if (done.has(resource)) return;
    const name = nameOf(resource);
    if (path.includes(name)) throw new Error(`needs itself: ${[...path, name].join(' > ')}`);
    for (const need of resource.needs) {
      const needed = byName.get(need);
      if (!needed) throw new Error(`${name} needs ${need}, which is not in the list`);
      place(needed, [...path, name]);
    }
    done.add(resource);
    ordered.push(resource);
  };
  for (const resource of resources) place(resource, []);
  return ordered;
}
