import type { Socket } from 'node:net';
import { type Client, type Clients, type Connection, createClients, longestWaiting } from './client.ts';
import { createSaturation, type Saturation } from './saturation.ts';
import type { drops } from './zeros.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** The part of all connections that one client may have: more than 0, and 1 at most. */
  readonly maxSharePerClient: number;
  /** Milliseconds for which a connection may be without a first request once its handshake is over. */
  readonly keepAliveTimeout: number;
}

/** Why the server ended a connection. */
export type Drop = (typeof drops)[number];

/** Who has which connections. */
export interface ConnectionTable {
  readonly limits: { readonly all: number; readonly ofClient: number; readonly unusedSweeps: number };
  readonly count: (reason: Drop) => void;
  readonly clients: Clients;
  readonly connections: Set<Connection>;
  /** Whether every connection there may be is in use, so that none can give way. */
  readonly saturation: Saturation;
  /** Connections with requests in progress. */
  busy: number;
  sweeps: number;
}

export function createConnectionTable(
  { maxConnections, maxSharePerClient, keepAliveTimeout }: ConnectionLimits,
  count: (reason: Drop) => void,
): ConnectionTable {
  const ofClient = Math.max(1, Math.floor(maxConnections * maxSharePerClient));
  return {
    limits: { all: maxConnections, ofClient, unusedSweeps: Math.ceil(keepAliveTimeout / 1000) },
    count,
    clients: createClients(),
    connections: new Set(),
    saturation: createSaturation(),
    busy: 0,
    sweeps: 0,
  };
}

/** Returns nothing where there is no room. */
export function enter(table: ConnectionTable, socket: Socket): Connection | undefined {
  const client = table.clients.of(socket.remoteAddress);
  client.connections++;
  const reason = findNoRoom(table, client);
  if (reason) {
    table.count(reason);
    client.connections--;
    table.clients.forget(client);
    return undefined;
  }
  const connection = { socket, client, requests: 0, since: table.sweeps, isSecure: false };
  table.connections.add(connection);
  client.silent.add(connection);
  return connection;
}

/**
 * Why a client may not have the connection that it counts already. Connections without a request in progress give way: those of the same
 * client where it has its share, otherwise those of the client that has most. So connections that do nothing keep nobody out.
 */
function findNoRoom(table: ConnectionTable, client: Client): Drop | undefined {
  const { limits, connections, clients } = table;
  if (client.connections > limits.ofClient && !drop(table, longestWaiting(client), 'gave-way'))
    return limits.ofClient < limits.all ? 'client-limit' : 'limit';
  if (connections.size < limits.all) return undefined;
  const largest = clients.largest();
  return largest && drop(table, longestWaiting(largest), 'gave-way') ? undefined : 'limit';
}

function drop(table: ConnectionTable, connection: Connection | undefined, reason: Drop): boolean {
  if (!connection) return false;
  table.count(reason);
  leave(table, connection);
  connection.socket.destroy();
  return true;
}

export function leave(table: ConnectionTable, connection: Connection): void {
  if (!table.connections.delete(connection)) return;
  const { client } = connection;
  if (!client.idle.delete(connection) && !client.silent.delete(connection)) addBusy(table, -1);
  client.connections--;
  table.clients.forget(client);
}

/** API servers open more connections than they use at once, and keep them for the next calls: those must not end before theirs do. */
export function endHandshake(table: ConnectionTable, connection: Connection): void {
  connection.isSecure = true;
  connection.since = table.sweeps;
}

/** API servers send one request after the other. What comes in one piece is answered in one piece, while everybody else waits. */
const maxPipelined = 10;

/** Returns whether to answer it: a connection with too many at once has been ended. */
export function beginRequest(table: ConnectionTable, connection: Connection): boolean {
  connection.since = table.sweeps;
  if (!table.connections.has(connection)) return false;
  if (++connection.requests > maxPipelined) {
    drop(table, connection, 'pipelined');
    return false;
  }
  if (connection.requests > 1) return true;
  const { idle, silent } = connection.client;
  if (!idle.delete(connection)) silent.delete(connection);
  addBusy(table, 1);
  return true;
}

export function endRequest(table: ConnectionTable, connection: Connection): void {
  connection.since = table.sweeps;
  if (--connection.requests > 0 || !table.connections.has(connection)) return;
  connection.client.idle.add(connection);
  addBusy(table, -1);
}

function addBusy(table: ConnectionTable, count: number): void {
  table.busy += count;
  table.saturation.update(table.busy >= table.limits.all);
}

/** In sweeps: a handshake, and a request from its arrival to its answer, unless its client does not read. */
const [maxHandshake, maxStalled] = [10, 30];

/** Ends what has waited too long. Call it once a second. */
export function sweep(table: ConnectionTable): void {
  table.sweeps++;
  for (const connection of table.connections)
    if (connection.requests > 0 && table.sweeps - connection.since > maxStalled) drop(table, connection, 'stalled');
  for (const client of table.clients.all()) {
    for (const connection of client.silent) {
      const max = connection.isSecure ? table.limits.unusedSweeps : maxHandshake;
      if (table.sweeps - connection.since > max) drop(table, connection, 'no-request');
    }
    table.clients.forget(client);
  }
}
