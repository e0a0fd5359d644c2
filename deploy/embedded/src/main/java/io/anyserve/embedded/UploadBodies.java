package io.anyserve.embedded;

import java.io.IOException;
import java.util.Set;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.shaded.org.eclipse.jetty.server.Connector;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConfiguration;
import org.gaul.shaded.org.eclipse.jetty.server.Server;

/**
 * Keeps the server from taking an upload for a form. {@code curl --data-binary} names its body a
 * form, whatever it is; the server would read the object's bytes as request parameters, and the
 * signature of a presigned URL, which covers the parameters, would not match. S3 has no forms in
 * PUT, so none is read.
 */
final class UploadBodies {

  /** S3Proxy offers no setting for the server that it makes. */
  private static final String SERVER_FIELD = "server";

  private UploadBodies() {}

  /** Applies to a proxy that is not started yet. */
  static void neverForms(S3Proxy proxy) throws IOException {
    for (Connector connector : server(proxy).getConnectors()) {
      connector.getConnectionFactories().stream()
          .filter(HttpConfiguration.ConnectionFactory.class::isInstance)
          .map(HttpConfiguration.ConnectionFactory.class::cast)
          .forEach(factory -> factory.getHttpConfiguration().setFormEncodedMethods(Set.of()));
    }
  }

  private static Server server(S3Proxy proxy) throws IOException {
    try {
      var field = S3Proxy.class.getDeclaredField(SERVER_FIELD);
      field.setAccessible(true);
      return (Server) field.get(proxy);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IOException("S3Proxy: no field " + SERVER_FIELD + " (expected: its Jetty)", e);
    }
  }
}
