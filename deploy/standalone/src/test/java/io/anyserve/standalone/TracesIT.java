package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One trace from a caller through the call, the log, the worker and the model, sent by OTLP. */
final class TracesIT {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final String PROMPT = "a very secret prompt";

  @TempDir static Path data;

  @Test
  void oneTraceFromTheCallerToTheTokens() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver().start()) {
      StandaloneLayout place =
          new StandaloneLayout(data, UnusedPorts.row(8), true, Path.of("unused"));
      Map<String, String> environment =
          Map.of(
              "ANYSERVE_TRACING_ENDPOINT",
              receiver.endpoint(),
              "ANYSERVE_TRACING_SERVICE",
              "traced");
      List<StreamEvent> answer;
      try (RunningServices running = RunningServices.start(place, environment)) {
        running.stream(RunningServices.inference("story", "warm", RunningServices.text("hi"), 1));
        answer = ask(running);
        Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> of(receiver).size() == 4);
      }

      assertTrue(answer.getLast().hasFinished());
      Span call = span(receiver, "anyserve.v1.InferenceService/InferStream");
      Span sent = span(receiver, "send anyserve.requests.story");
      Span processed = span(receiver, "process anyserve.requests.story");
      Span inferred = span(receiver, "text_completion words");
      assertEquals(CALLER, hex(call.getParentSpanId()));
      assertEquals(call.getSpanId(), sent.getParentSpanId());
      assertEquals(sent.getSpanId(), processed.getParentSpanId());
      assertEquals(sent.getSpanId(), processed.getLinks(0).getSpanId());
      assertEquals(processed.getSpanId(), inferred.getParentSpanId());
      assertEquals("first token", call.getEvents(0).getName());
      assertEquals("first token", inferred.getEvents(0).getName());
      assertEquals(0, number(call, "rpc.grpc.status_code"));
      assertEquals(4, number(inferred, "gen_ai.usage.input_tokens"));
      assertEquals(7, number(inferred, "gen_ai.usage.output_tokens"));
      assertTrue(call.getEndTimeUnixNano() >= inferred.getStartTimeUnixNano());
      assertTrue(receiver.services().contains("traced"));
      receiver
          .spans()
          .forEach(span -> assertFalse(span.toString().contains(PROMPT), span.getName()));
    }
  }

  private static List<StreamEvent> ask(RunningServices running) {
    Metadata metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-" + TRACE + "-" + CALLER + "-01");
    List<StreamEvent> messages = new ArrayList<>();
    InferenceServiceGrpc.newBlockingStub(running.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .inferStream(
            InferStreamRequest.newBuilder()
                .setInference(
                    RunningServices.inference("story", "s", RunningServices.text(PROMPT), 7))
                .build())
        .forEachRemaining(messages::add);
    return messages;
  }

  private static List<Span> of(OtlpReceiver receiver) {
    return receiver.spans().stream().filter(span -> hex(span.getTraceId()).equals(TRACE)).toList();
  }

  private static Span span(OtlpReceiver receiver, String name) {
    return of(receiver).stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    name + " in " + of(receiver).stream().map(Span::getName).toList()));
  }

  private static long number(Span span, String key) {
    return span.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(KeyValue::getValue)
        .findFirst()
        .orElseThrow()
        .getIntValue();
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
