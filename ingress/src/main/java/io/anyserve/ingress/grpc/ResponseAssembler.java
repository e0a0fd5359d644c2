package io.anyserve.ingress.grpc;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.answer.AnswerBuilder;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Puts the pieces of an answer together. Not thread-safe. */
final class ResponseAssembler {

  private final AnswerBuilder answer = new AnswerBuilder();
  private final List<Payload> payloads = new ArrayList<>(0);
  private final List<PositionLogprobs> logprobs = new ArrayList<>(0);
  private long bytes;

  void add(Chunk chunk) {
    answer.add(chunk.delta());
    logprobs.addAll(chunk.logprobs());
    bytes += chunk.delta().length() + PositionLogprobs.size(chunk.logprobs());
    chunk
        .payload()
        .ifPresent(
            payload -> {
              payloads.add(payload);
              bytes += payload.size();
            });
  }

  /** In memory, about. */
  long bytes() {
    return bytes;
  }

  /** Of all tokens, where they are asked for. */
  List<PositionLogprobs> logprobs() {
    return logprobs;
  }

  /** What the model thought. */
  String reasoning() {
    return answer.reasoning();
  }

  List<ToolCall> toolCalls() {
    return answer.toolCalls();
  }

  /** All text, or all bytes of one type, or the one payload; INTERNAL for any other mixture. */
  Payload whole() {
    if (payloads.isEmpty()) {
      return new Text(answer.text());
    }
    if (!answer.text().isEmpty()) {
      throw mixed();
    }
    return payloads.size() == 1 ? payloads.getFirst() : joined();
  }

  private Payload joined() {
    List<ByteString> parts = new ArrayList<>();
    String type = payloads.getFirst() instanceof Payload.Bytes first ? first.contentType() : "";
    for (Payload payload : payloads) {
      if (!(payload instanceof Payload.Bytes(ByteString part, String partType))
          || !partType.equals(type)) {
        throw mixed();
      }
      parts.add(part);
    }
    return new Payload.Bytes(ByteString.copyFrom(parts), type);
  }

  private static FailureException mixed() {
    return new FailureException(
        FailureCode.INTERNAL, "the answer is not of one kind (expected: a call of InferStream)");
  }
}
