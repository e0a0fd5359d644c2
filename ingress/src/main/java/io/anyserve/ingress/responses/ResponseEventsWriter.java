package io.anyserve.ingress.responses;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import io.anyserve.ingress.responses.output.OutputItem;
import io.anyserve.ingress.responses.output.OutputStep;
import io.anyserve.ingress.responses.output.OutputStep.Begun;
import io.anyserve.ingress.responses.output.OutputStep.Ended;
import io.anyserve.ingress.responses.output.OutputStep.Grown;
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

  /** That have begun. */
  private int items;

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
  public void step(OutputStep step) {
    if (response != null) {
      begun();
      ResponseId id = response.id();
      switch (step) {
        case Begun begun -> begin(id, begun);
        case Grown grown -> grow(id, grown);
        case Ended ended -> done(id, ended, true);
      }
    }
  }

  private void begin(ResponseId id, Begun begun) {
    items = begun.index() + 1;
    event(
        "response.output_item.added",
        number -> ResponseEventJson.itemAdded("response.output_item.added", number, id, begun));
    part("response.content_part.added", id, begun.index(), begun.item());
  }

  /** A call has no parts. */
  private void part(String type, ResponseId id, int index, OutputItem item) {
    if (!(item instanceof OutputItem.FunctionCall)) {
      event(type, number -> ResponseEventJson.part(type, number, id, index, item));
    }
  }

  private void grow(ResponseId id, Grown grown) {
    String type = content(grown.item()) + ".delta";
    event(type, number -> ResponseEventJson.content(type, number, id, grown, "delta"));
  }

  private void done(ResponseId id, Ended ended, boolean complete) {
    OutputItem item = ended.item();
    var whole = new Grown(ended.index(), item, item.content());
    String type = content(item) + ".done";
    String field = item instanceof OutputItem.FunctionCall ? "arguments" : "text";
    event(type, number -> ResponseEventJson.content(type, number, id, whole, field));
    part("response.content_part.done", id, ended.index(), item);
    event(
        "response.output_item.done",
        number ->
            ResponseEventJson.itemDone("response.output_item.done", number, id, ended, complete));
  }

  private static String content(OutputItem item) {
    return switch (item) {
      case OutputItem.Reasoning _ -> "response.reasoning_text";
      case OutputItem.Message _ -> "response.output_text";
      case OutputItem.FunctionCall _ -> "response.function_call_arguments";
    };
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
    int last = end.output().size() - 1;
    OutputItem item = end.output().getLast();
    if (last >= items) {
      begin(id, new Begun(last, item.with("")));
    }
    done(id, new Ended(last, item), end.status() == ResponseStatus.COMPLETED);
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
