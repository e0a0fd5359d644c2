package io.anyserve.ingress.http;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiJson;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the server refuses before it is a call, such as headers that are too large. */
final class ServerErrors extends ErrorHandler {

  private final BiConsumer<Request, ApiError> refused;

  /**
   * @param refused hears of each
   */
  ServerErrors(BiConsumer<Request, ApiError> refused) {
    this.refused = refused;
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
    ApiError error = ErrorResponses.ofServer(code, String.valueOf(message));
    refused.accept(request, error);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    SecurityHeaders.ALL.forEach((name, value) -> response.getHeaders().put(name, value));
    ErrorResponses.headers(error, (name, value) -> response.getHeaders().put(name, value));
    response.write(true, ByteBuffer.wrap(ApiJson.error(error)), callback);
  }
}
