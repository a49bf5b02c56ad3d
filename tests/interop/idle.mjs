// A server of Node.js that closes a connection two seconds after its last answer, and says so (`Keep-Alive: timeout=2`).
//
// Arguments: the port, and the file that gets a line for each message that arrives, its header `x-message`.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, log] = process.argv.slice(2);
const server = createServer({ keepAliveTimeout: 2_000 }, (request, response) => {
  appendFileSync(log, `${request.headers['x-message']}\n`);
  request.resume().on('end', () => response.end('{}'));
});
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 2_000 }, () => console.log('listening'));
