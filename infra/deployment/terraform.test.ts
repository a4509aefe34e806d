import { describe, expect, it } from 'vitest';
import { kindOf } from './kinds/index.ts';
import { deployment } from './kinds/test-kind.ts';
import { resourcesOf } from './list.ts';
import { terraformOf } from './terraform.ts';
import { type ParsedBlock, parseHcl } from './test-hcl.ts';

const source = terraformOf(deployment);
const blocks = parseHcl(source);
const resources = blocks.filter(({ name }) => name === 'resource');
const addressOf = ({ labels }: ParsedBlock): string => labels.join('.');

describe('the list as Terraform has it', () => {
  it('is well-formed, and has the block of every resource once', () => {
    const wanted = resourcesOf(deployment).flatMap((resource) =>
      kindOf(resource)
        .terraform(deployment, resource)
        .map(({ type, label }) => `${type}.${label}`),
    );
    expect(resources.map(addressOf)).toEqual(wanted);
    expect(new Set(wanted).size).toBe(wanted.length);
    for (const resource of resourcesOf(deployment))
      expect(kindOf(resource).terraform(deployment, resource)).not.toEqual([]);
  });

  it('refers to what is declared in it only', () => {
    const declared = new Set([
      ...resources.map(addressOf),
      ...blocks.filter(({ name }) => name === 'variable').map(({ labels }) => `var.${labels[0]}`),
    ]);
    const code = source.replaceAll(/#[^\n]*|"(?:[^"\\\n]|\\.)*"/g, '');
    const references = [...code.matchAll(/\b(google_\w+\.[\w-]+|var\.\w+)/g)].map(
      ([, reference = '']) => reference,
    );
    expect(references.length).toBeGreaterThan(100);
    for (const reference of references) expect(declared).toContain(reference);
  });

  it('has nothing that Terraform would take for a template', () => {
    expect(source).not.toMatch(/(?<![$%])[$%]\{/);
  });

  it('names each type of the provider with the arguments that it must have', () => {
    const required: { readonly [type: string]: readonly string[] } = {
      google_project_service: ['service'],
      google_service_account: ['account_id'],
      google_project_iam_custom_role: ['role_id', 'title', 'permissions'],
      google_firestore_database: ['name', 'location_id', 'type'],
      google_firebaserules_ruleset: ['source'],
      google_firebaserules_release: ['name', 'ruleset_name'],
      google_firestore_index: ['collection', 'fields'],
      google_firestore_field: ['collection', 'field'],
      google_cloud_tasks_queue: ['location'],
      google_pubsub_topic: ['name'],
      google_pubsub_subscription: ['name', 'topic'],
      google_logging_project_sink: ['name', 'destination'],
      google_cloud_scheduler_job: ['name'],
      google_artifact_registry_repository: ['repository_id', 'format'],
      google_cloudfunctions2_function: ['name', 'location', 'build_config', 'service_config'],
      google_logging_metric: ['name', 'filter'],
      google_monitoring_notification_channel: ['type'],
      google_monitoring_alert_policy: ['display_name', 'combiner', 'conditions'],
      google_monitoring_dashboard: ['dashboard_json'],
      google_project_iam_member: ['project', 'role', 'member'],
      google_service_account_iam_member: ['service_account_id', 'role', 'member'],
      google_cloud_tasks_queue_iam_member: ['name', 'role', 'member'],
      google_pubsub_topic_iam_member: ['topic', 'role', 'member'],
      google_pubsub_subscription_iam_member: ['subscription', 'role', 'member'],
      google_cloud_run_v2_service_iam_member: ['name', 'role', 'member'],
      google_artifact_registry_repository_iam_member: ['repository', 'role', 'member'],
    };
    expect(new Set(resources.map(({ labels }) => labels[0]))).toEqual(
      new Set(Object.keys(required)),
    );
    for (const { labels, arguments: given, blocks: nested } of resources) {
      const names = [...Object.keys(given), ...nested.map(({ name }) => name)];
      expect(names).toEqual(expect.arrayContaining([...(required[labels[0] ?? ''] ?? ['?'])]));
    }
  });
});
