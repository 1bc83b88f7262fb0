// A server of automerge-repo without storage, set up as the project's own sync server is.
import { Repo } from '@automerge/automerge-repo'
import { WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1' })
new Repo({
  network: [new WebSocketServerAdapter(server)],
  peerId: `server-${process.pid}`,
  // As in automerge-repo-sync-server: documents are not announced to who did not ask.
  sharePolicy: async () => false,
})
