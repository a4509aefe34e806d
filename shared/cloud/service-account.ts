/** The e-mail address of a service account of a project, which is how Google's APIs name it. */
export function serviceAccountEmail(id: string, project: string): string {
  return `${id}@${project}.iam.gserviceaccount.com`;
}
