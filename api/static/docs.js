/** Shows the description of the API. Its example event is of this moment, so that it can be sent as it is. */
const answer = await fetch('/openapi.json');
const description = await answer.json();
for (const example of description.components.schemas.TelemetryEvent.examples) example.ts = new Date().toISOString();
SwaggerUIBundle({ spec: description, dom_id: '#api', deepLinking: true, tryItOutEnabled: true });
