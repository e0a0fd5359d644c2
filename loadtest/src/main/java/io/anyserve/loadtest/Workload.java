package io.anyserve.loadtest;

import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import java.nio.charset.StandardCharsets;

/**
 * What each request of a run asks for.
 *
 * @param session under which the run's usage is totalled
 * @param promptBytes length of the prompt
 * @param tokens length of every answer
 */
public record Workload(String capability, String session, int promptBytes, int tokens) {

  private static final String WORD = "lorem ";

  private String prompt() {
    return WORD.repeat(promptBytes / WORD.length() + 1).substring(0, promptBytes);
  }

  /** The same as JSON of {@code /v1/completions}, streamed and with usage at the end. */
  byte[] completion() {
    return """
        {"model":"%s","prompt":"%s","max_tokens":%d,"temperature":0,"seed":1,"ignore_eos":true,\
        "stream":true,"stream_options":{"include_usage":true}}"""
        .formatted(capability, prompt(), tokens)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The bytes of the request. */
  byte[] request() {
    return InferStreamRequest.newBuilder()
        .setInference(
            Inference.newBuilder()
                .setCapability(capability)
                .setSession(session)
                .setInput(Payload.newBuilder().setText(prompt()))
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
