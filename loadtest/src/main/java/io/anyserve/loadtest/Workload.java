package io.anyserve.loadtest;

import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;

/**
 * What each request of a run asks for.
 *
 * @param session under which the run's usage is totalled
 * @param promptBytes length of the prompt
 * @param tokens length of every answer
 */
public record Workload(String capability, String session, int promptBytes, int tokens) {

  private static final String WORD = "lorem ";

  /** The bytes of the request. */
  byte[] request() {
    String prompt = WORD.repeat(promptBytes / WORD.length() + 1).substring(0, promptBytes);
    return InferStreamRequest.newBuilder()
        .setInference(
            Inference.newBuilder()
                .setCapability(capability)
                .setSession(session)
                .setInput(Payload.newBuilder().setText(prompt))
                .setParameters(
                    Parameters.newBuilder()
                        .setMaxTokens(tokens)
                        .setTemperature(0)
                        .setSeed(1)
                        .setIgnoreEos(true)))
        .build()
        .toByteArray();
  }
}
