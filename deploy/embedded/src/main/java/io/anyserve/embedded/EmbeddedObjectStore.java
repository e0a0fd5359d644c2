package io.anyserve.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An S3 server over a directory inside this process, reachable from this machine only unless it is
 * given another address; every request must be signed. Thread-safe.
 */
public final class EmbeddedObjectStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedObjectStore.class);

  private static final String NAME = "object store";

  private final S3Server server;

  private EmbeddedObjectStore(S3Server server) {
    this.server = server;
  }

  /**
   * Starts a store and returns when it serves clients.
   *
   * @param directory of the objects, a folder for each bucket; created when missing
   * @param port 0 for any free one
   * @throws java.net.BindException naming the port when it is in use
   * @throws IOException when the directory is unusable or the server does not come up
   */
  public static EmbeddedObjectStore start(
      Path directory, int port, String accessKey, String secretKey) throws IOException {
    return start(directory, LoopbackPorts.HOST, port, accessKey, secretKey);
  }

  /**
   * As the other, at an address of this machine.
   *
   * @param host to listen on, such as {@code 0.0.0.0} for all addresses
   */
  public static EmbeddedObjectStore start(
      Path directory, String host, int port, String accessKey, String secretKey)
      throws IOException {
    LoopbackPorts.requirePort("port", port);
    // Absolute: with a relative path listings stay empty and multipart uploads fail.
    Path data = Files.createDirectories(directory.toAbsolutePath().normalize());
    var blobs = new PrivateAclBlobStore(new FilesystemNio2BlobStore(data.toString()));
    var server = new S3Server(new S3Servlet(blobs, accessKey, secretKey), host, port);
    listen(server, port);
    return new EmbeddedObjectStore(server);
  }

  /** Where S3 clients connect, for example {@code http://127.0.0.1:9000}. */
  public URI endpoint() {
    return at(server.port());
  }

  /** Cuts requests that are still running. Idempotent. */
  @Override
  public void close() throws IOException {
    stop(server);
  }

  private static URI at(int port) {
    return URI.create("http://" + LoopbackPorts.HOST + ":" + port);
  }

  private static void listen(S3Server server, int port) throws IOException {
    if (port != 0) {
      LoopbackPorts.requireFree(NAME, port);
    }
    try {
      server.start();
    } catch (Exception e) {
      var failure = new IOException(NAME + " at " + at(port) + " did not start: " + e, e);
      closeAfter(failure, server);
      throw failure;
    }
  }

  private static void closeAfter(IOException failure, S3Server server) {
    try {
      stop(server);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void stop(S3Server server) throws IOException {
    try {
      server.stop();
    } catch (TimeoutException cut) {
      LOG.debug("requests that were still running are cut", cut);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(NAME + " did not stop: " + e, e);
    }
  }
}
