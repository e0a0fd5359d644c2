package io.anyserve.metering.http;

import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what the server refuses before it is a call, such as headers that are too large. */
final class UsageServerErrors extends ErrorHandler {

  private final Map<String, String> headers;

  /**
   * @param headers of every answer
   */
  UsageServerErrors(Map<String, String> headers) {
    this.headers = Map.copyOf(headers);
  }

  /** Calls of every method have a body that says what is wrong. */
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    headers.forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    HttpStatus.Code status = HttpStatus.getCode(code);
    byte[] body =
        UsageJson.error(status == null ? "REFUSED" : status.name(), String.valueOf(message));
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
