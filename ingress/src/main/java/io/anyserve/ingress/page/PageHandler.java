package io.anyserve.ingress.page;

import io.anyserve.ingress.http.RouteGroup;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;

/**
 * The chat page at {@code /}, the reference of the API at {@code /docs}, and their files below
 * {@code /assets}. They hold no data of anybody, so they need no key; what the chat page then asks
 * for does. Thread-safe.
 */
public final class PageHandler implements RouteGroup {

  private static final String HOME = "/";
  private static final String REFERENCE = "/docs";
  private static final String ASSETS = "/assets/";

  /** Scripts and styles only from here, no text as markup, no frames, nothing remote. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

  private final PageFiles files = new PageFiles();

  @Override
  public void addTo(JavalinConfig config) {
    config.routes.get(HOME, http -> send(http, PageFiles.INDEX));
    config.routes.get(REFERENCE, http -> send(http, PageFiles.REFERENCE));
    config.routes.get(ASSETS + "{file}", http -> send(http, http.pathParam("file")));
  }

  /**
   * The browser asks each time whether its copy is still good. An unknown file is answered as an
   * unknown path is.
   */
  private void send(Context http, String name) {
    PageFiles.File file = files.find(name).orElseThrow(NotFoundResponse::new);
    http.header("Content-Security-Policy", POLICY);
    http.header("Cross-Origin-Opener-Policy", "same-origin");
    http.header(
        "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    http.header("Cache-Control", "no-cache");
    http.header("ETag", file.tag());
    if (file.tag().equals(http.header("If-None-Match"))) {
      http.status(HttpStatus.NOT_MODIFIED);
    } else {
      http.contentType(file.type()).result(file.content());
    }
  }
}
