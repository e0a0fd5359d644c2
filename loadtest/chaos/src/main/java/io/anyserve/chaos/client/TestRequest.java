package io.anyserve.chaos.client;

import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import java.util.Optional;

/**
 * One request of a run.
 *
 * @param index from 0, in the order of the load
 * @param key the idempotency key, where it has one
 * @param twice submitted a second time under the same key, at the same moment, at the next ingress
 * @param resumption what its caller hands back when it resumes
 * @param ingress the ingress that is tried first
 */
public record TestRequest(
    int index,
    Submission way,
    String session,
    PromptSpec content,
    Optional<String> key,
    boolean twice,
    Leave leave,
    Resumption resumption,
    int ingress) {

  static final String CAPABILITY = "story";

  /** How it is handed in. */
  public enum Submission {
    /** {@code InferStream}. */
    STREAM,
    /** {@code POST /v1/completions}, answered by server-sent events. */
    EVENTS,
    /** A message of a chat over {@code /chat/ws}. */
    CHAT,
    /** {@code Infer}. */
    WHOLE,
    /** The topic {@code intake}. */
    INTAKE;

    /** Whether the caller sees the answer piece by piece. */
    boolean streams() {
      return this == STREAM || this == EVENTS || this == CHAT;
    }
  }

  /** Which resume token a caller keeps. */
  public enum Resumption {
    /** The one of the latest chunk. */
    NEWEST_TOKEN,
    /** The one that came when the request was accepted; the stream is read from its beginning. */
    FIRST_TOKEN
  }

  /** Whether and how the caller ends it early. */
  public enum Leave {
    STAYS,
    /** Calls {@code Cancel} and waits for the end. */
    CANCELS,
    /** Drops the call. */
    HANGS_UP
  }

  public TestRequest {
    if (twice && key.isEmpty()) {
      throw new IllegalArgumentException("key: none (expected: one where a request goes in twice)");
    }
  }

  Inference inference() {
    return Inference.newBuilder()
        .setCapability(CAPABILITY)
        .setSession(session)
        .setInput(Payload.newBuilder().setText(content.prompt()))
        .setParameters(
            Parameters.newBuilder()
                .setMaxTokens(content.maxTokens())
                .setTemperature(PromptSpec.TEMPERATURE)
                .setTopP(1)
                .setTopK(0)
                .setSeed(content.seed())
                .setIgnoreEos(content.ignoreEos())
                .addAllStop(content.stop()))
        .build();
  }
}
