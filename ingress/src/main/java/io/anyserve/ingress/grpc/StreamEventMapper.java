package io.anyserve.ingress.grpc;

import io.anyserve.contracts.codec.ChatCodec;
import io.anyserve.contracts.codec.LogprobsCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.v1.FinishReason;
import io.anyserve.v1.StreamAccepted;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.StreamFinished;
import io.anyserve.v1.StreamStarted;

/** From the events of the log to those that clients are streamed. */
final class StreamEventMapper {

  private StreamEventMapper() {}

  static StreamEvent accepted(StreamHandle handle) {
    return StreamEvent.newBuilder()
        .setAccepted(
            StreamAccepted.newBuilder()
                .setRequestId(handle.request().toString())
                .setSession(handle.session().value())
                .setResumeToken(handle.resumeToken()))
        .build();
  }

  static StreamEvent started(int attempt, Started started) {
    return StreamEvent.newBuilder()
        .setStarted(
            StreamStarted.newBuilder()
                .setAttempt(attempt)
                .setWorker(started.worker().value())
                .setCapability(started.capability().value())
                .setModel(started.model())
                .setDelegated(started.delegated())
                .setPromptTokens(started.promptTokens()))
        .build();
  }

  /**
   * A piece of the answer.
   *
   * @param resumeToken of the place behind it
   */
  static StreamEvent chunk(Chunk chunk, String resumeToken) {
    var message =
        StreamChunk.newBuilder()
            .setSequence(chunk.sequence())
            .setText(chunk.text())
            .setReasoning(chunk.delta().reasoning())
            .addAllToolCalls(ChatCodec.write(chunk.delta().toolCalls()))
            .setTokens(chunk.tokens().size())
            .addAllLogprobs(LogprobsCodec.write(chunk.logprobs()))
            .setResumeToken(resumeToken);
    chunk.payload().ifPresent(payload -> message.setPayload(PayloadCodec.write(payload)));
    return StreamEvent.newBuilder().setChunk(message).build();
  }

  static StreamEvent finished(Finished finished) {
    return StreamEvent.newBuilder()
        .setFinished(
            StreamFinished.newBuilder()
                .setFinishReason(reason(finished.reason()))
                .setUsage(TokenCodec.write(finished.usage())))
        .build();
  }

  static FinishReason reason(io.anyserve.contracts.FinishReason reason) {
    return switch (reason) {
      case STOP -> FinishReason.FINISH_REASON_STOP;
      case LENGTH -> FinishReason.FINISH_REASON_LENGTH;
      case TOOL_CALLS -> FinishReason.FINISH_REASON_TOOL_CALLS;
    };
  }
}
