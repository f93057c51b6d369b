/** Takes in the objects of one kind, as an API server sends them. Between `begin` and `end` comes a list: what it has not goes. */
export interface Sink {
  begin(): void;
  put(item: unknown): void;
  remove(item: unknown): void;
  end(): void;
}
