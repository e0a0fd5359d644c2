package io.anyserve.ingress.responses;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes the stream of one response as server-sent events. What it writes depends on the log and
 * the response alone, so that every ingress gives the same event the same number and bytes. Owned
 * by the call's thread.
 */
final class ResponseEventsWriter implements ResponseWriter {

  private static final byte[] PING = ": ping\n\n".getBytes(US_ASCII);

  private final Context http;
  private final Form form;
  private final Opening opening;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private @Nullable StoredResponse response;
  private @Nullable OutputStream out;
  private long next;
  private boolean inProgress;
  private boolean itemAdded;

  /**
   * What the stream is like.
   *
   * @param behind the number of the last event that the client has; -1 for none
   * @param atOnce whether it begins before a worker takes the request
   */
  record Form(long behind, boolean atOnce) {}

  ResponseEventsWriter(Context http, Form form, Opening opening) {
    this.http = http;
    this.form = form;
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
      if (form.atOnce()) {
        created(response);
      }
    }
  }

  private void created(StoredResponse begun) {
    if (next == 0) {
      StoredResponse before = beginning(begun);
      ResponseStatus status =
          begun.call().options().background() ? ResponseStatus.QUEUED : ResponseStatus.IN_PROGRESS;
      event(
          "response.created",
          number -> ResponseEventJson.response("response.created", number, before, status));
    }
  }

  /** Without what is known only later. */
  private static StoredResponse beginning(StoredResponse begun) {
    return new StoredResponse(
        begun.id(), begun.call(), begun.created(), begun.place(), Optional.empty());
  }

  @Override
  public void begun() {
    if (response != null && !inProgress) {
      StoredResponse before = beginning(response);
      created(response);
      inProgress = true;
      event(
          "response.in_progress",
          number ->
              ResponseEventJson.response(
                  "response.in_progress", number, before, ResponseStatus.IN_PROGRESS));
    }
  }

  @Override
  public void piece(String text) {
    if (response != null) {
      ResponseId id = response.id();
      addItem(id);
      event(
          "response.output_text.delta",
          number ->
              ResponseEventJson.text("response.output_text.delta", number, id, "delta", text));
    }
  }

  private void addItem(ResponseId id) {
    begun();
    if (!itemAdded) {
      itemAdded = true;
      event(
          "response.output_item.added",
          number -> ResponseEventJson.itemAdded("response.output_item.added", number, id));
      event(
          "response.content_part.added",
          number -> ResponseEventJson.part("response.content_part.added", number, id, ""));
    }
  }

  /** A stream that is silent for long still has a head; a worker may take the request late. */
  @Override
  public boolean silence() {
    if (response != null && response.settlement().isPresent()) {
      return false;
    }
    written.writeBytes(PING);
    return true;
  }

  @Override
  public void end(StoredResponse ended) throws IOException {
    response = ended;
    ResponseEnd end = ended.settlement().map(Settlement::end).orElseThrow();
    begun();
    if (end.status().hasAnswer()) {
      answered(ended.id(), end);
    }
    String type = "response." + last(end.status());
    event(type, number -> ResponseEventJson.response(type, number, ended, end.status()));
    target(); // a stream without events is one, too
    flush();
  }

  private void answered(ResponseId id, ResponseEnd end) {
    addItem(id);
    event(
        "response.output_text.done",
        number ->
            ResponseEventJson.text("response.output_text.done", number, id, "text", end.text()));
    event(
        "response.content_part.done",
        number -> ResponseEventJson.part("response.content_part.done", number, id, end.text()));
    event(
        "response.output_item.done",
        number -> ResponseEventJson.itemDone("response.output_item.done", number, id, end));
  }

  /** The API has no event of its own for a cancelled response. */
  private static String last(ResponseStatus status) {
    return switch (status) {
      case COMPLETED -> "completed";
      case INCOMPLETE -> "incomplete";
      case FAILED, CANCELLED -> "failed";
      case QUEUED, IN_PROGRESS ->
          throw new IllegalStateException("status: " + status + " (expected: an end)");
    };
  }

  @Override
  public boolean isCommitted() {
    return out != null;
  }

  @Override
  public void broken(ApiError error) throws IOException {
    event("error", number -> ResponseEventJson.error("error", number, error));
    flush();
  }

  private void event(String type, LongFunction<byte[]> json) {
    long number = next++;
    if (number > form.behind()) {
      String head = "event: " + type + "\nid: " + number + "\ndata: ";
      written.writeBytes(head.getBytes(US_ASCII));
      written.writeBytes(json.apply(number));
      written.writeBytes(new byte[] {'\n', '\n'});
    }
  }

  @Override
  public void flush() throws IOException {
    if (written.size() > 0) {
      OutputStream target = target();
      written.writeTo(target);
      target.flush();
      written.reset();
    }
  }

  private OutputStream target() throws IOException {
    @Nullable OutputStream target = out;
    if (target == null) {
      HttpServletResponse head = http.res();
      head.setContentType("text/event-stream;charset=utf-8");
      head.setHeader("X-Accel-Buffering", "no");
      target = head.getOutputStream();
      out = target;
    }
    return target;
  }
}
