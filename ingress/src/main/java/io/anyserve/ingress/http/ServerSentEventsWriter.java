package io.anyserve.ingress.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiJson;
import io.anyserve.ingress.openai.CompletionChunkJson;
import io.anyserve.ingress.openai.CompletionKind;
import io.anyserve.ingress.openai.EventId;
import io.anyserve.ingress.openai.StreamIdentity;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the choices as server-sent events. The head of the response goes out with the first piece,
 * or after a silence: until then a failure has a status of its own.
 */
final class ServerSentEventsWriter implements ChoiceWriter {

  private static final byte[] PING = ": ping\n\n".getBytes(US_ASCII);
  private static final byte[] ID = "id: ".getBytes(US_ASCII);
  private static final byte[] DATA = "data: ".getBytes(US_ASCII);
  private static final byte[] END = "\n\n".getBytes(US_ASCII);
  private static final byte[] ERROR = "event: error\n".getBytes(US_ASCII);
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(US_ASCII);

  private final Context http;
  private final Form form;
  private final Supplier<StreamIdentity> identity;
  private final Runnable head;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final BitSet introduced = new BitSet();
  private @Nullable OutputStream out;
  private @Nullable String place;
  private @Nullable CompletionChunkJson chunks;
  private byte @Nullable [] idEnd;
  private TokenUsage usage = TokenUsage.NONE;

  /**
   * What the stream is like.
   *
   * @param includeUsage whether it ends with the usage
   * @param resumed whether the client has had its beginning
   * @param start asked for the resume token of the place where the stream begins, which is empty
   *     where it cannot be resumed
   */
  record Form(boolean includeUsage, boolean resumed, Supplier<String> start) {}

  /**
   * @param head called before the head of the response is sent
   */
  ServerSentEventsWriter(
      Context http, Form form, Supplier<StreamIdentity> identity, Runnable head) {
    this.http = http;
    this.form = form;
    this.identity = identity;
    this.head = head;
  }

  @Override
  public void piece(
      int choice, AnswerDelta delta, List<PositionLogprobs> logprobs, String resumeToken) {
    introduce(choice);
    List<byte[]> events = chunks().pieces(choice, delta, logprobs);
    for (int i = 0; i < events.size(); i++) {
      place = i < events.size() - 1 ? place() : resumeToken;
      event(events.get(i));
    }
  }

  @Override
  public void complete(int choice, Finished finished) {
    introduce(choice);
    usage = usage.plus(finished.usage());
    event(chunks().finish(choice, finished.reason()));
  }

  private CompletionChunkJson chunks() {
    if (chunks == null) {
      chunks = new CompletionChunkJson(identity.get(), form.includeUsage());
    }
    return chunks;
  }

  private void introduce(int choice) {
    if (!introduced.get(choice)) {
      introduced.set(choice);
      if (!form.resumed() && identity.get().kind() == CompletionKind.CHAT) {
        event(chunks().role(choice));
      }
    }
  }

  private void event(byte[] data) {
    String behind = place();
    if (!behind.isEmpty()) {
      written.writeBytes(ID);
      written.writeBytes(behind.getBytes(US_ASCII));
      written.writeBytes(idEnd());
    }
    data(data);
  }

  /** What ids have behind their token, and the end of the line. */
  private byte[] idEnd() {
    if (idEnd == null) {
      EventId id = EventId.of(identity.get(), "", form.includeUsage());
      idEnd = (id + "\n").getBytes(US_ASCII);
    }
    return idEnd;
  }

  private String place() {
    if (place == null) {
      place = form.start().get();
    }
    return place;
  }

  private void data(byte[] data) {
    written.writeBytes(DATA);
    written.writeBytes(data);
    written.writeBytes(END);
  }

  @Override
  public void silence() {
    written.writeBytes(PING);
  }

  @Override
  public void end() throws IOException {
    if (form.includeUsage()) {
      event(chunks().usage(usage));
    }
    written.writeBytes(DONE);
    writeOut(); // and the server sends it together with the end of the response
  }

  @Override
  public boolean isCommitted() {
    return out != null;
  }

  @Override
  public void broken(ApiError error) throws IOException {
    written.writeBytes(ERROR);
    data(ApiJson.error(error));
    flush();
  }

  @Override
  public void flush() throws IOException {
    if (written.size() > 0) {
      writeOut().flush();
    }
  }

  private OutputStream writeOut() throws IOException {
    OutputStream target = target();
    written.writeTo(target);
    written.reset();
    return target;
  }

  private OutputStream target() throws IOException {
    @Nullable OutputStream target = out;
    if (target == null) {
      head.run();
      HttpServletResponse response = http.res();
      response.setContentType("text/event-stream;charset=utf-8");
      response.setHeader("X-Accel-Buffering", "no");
      target = response.getOutputStream();
      out = target;
    }
    return target;
  }
}
