package io.anyserve.ingress.responses;

import io.anyserve.ingress.openai.ApiError;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/** Writes a response once, when it has ended. */
final class WholeResponse implements ResponseWriter {

  private final Context http;
  private final Opening opening;
  private @Nullable StoredResponse response;

  WholeResponse(Context http, Opening opening) {
    this.http = http;
    this.opening = opening;
  }

  @Override
  public @Nullable StoredResponse response() {
    return response;
  }

  @Override
  public void accepted() throws InterruptedException {
    if (response == null) {
      response = opening.get();
    }
  }

  @Override
  public boolean silence() {
    return true;
  }

  @Override
  public boolean isCommitted() {
    return false;
  }

  @Override
  public void end(StoredResponse ended) {
    http.contentType("application/json").result(ResponseJson.response(ended));
  }

  @Override
  public void broken(ApiError error) {
    throw new IllegalStateException("nothing was sent (expected: an error response)");
  }
}
