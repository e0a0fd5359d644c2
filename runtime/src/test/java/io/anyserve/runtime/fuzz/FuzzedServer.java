package io.anyserve.runtime.fuzz;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * A running server and what fuzz targets must know of it.
 *
 * @param openStreams how many streams have not ended
 * @param issued what the server gave its clients, such as event ids, by its placeholder in inputs
 * @param stop ends the server
 */
public record FuzzedServer(
    InetSocketAddress address,
    IntSupplier openStreams,
    Map<String, String> issued,
    AutoCloseable stop) {

  public FuzzedServer {
    issued = Map.copyOf(issued);
  }

  /** Starts one. */
  public interface Starter {
    FuzzedServer start() throws Exception;
  }
}
