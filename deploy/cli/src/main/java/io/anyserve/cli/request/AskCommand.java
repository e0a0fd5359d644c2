package io.anyserve.cli.request;

import com.google.protobuf.ByteString;
import io.anyserve.cli.options.ServerOptions;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.Payload;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Streams one answer to standard output. */
@Command(
    mixinStandardHelpOptions = true,
    name = "ask",
    description = "Send a prompt and stream the answer, token by token.",
    sortOptions = false)
public final class AskCommand implements Callable<Integer> {

  /** Before the stream is resumed. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The prompt.")
  @Nullable String prompt;

  @Option(
      names = "--capability",
      defaultValue = "story",
      description = "Capability that answers (default: ${DEFAULT-VALUE}).")
  String capability = "";

  @Option(
      names = "--session",
      defaultValue = "cli",
      description = "Session of the request, for its usage (default: ${DEFAULT-VALUE}).")
  String session = "";

  @Option(names = "--chat", description = "Send the prompt as a chat message.")
  boolean chat;

  @Option(
      names = "--object",
      description = "Upload this file as an object and send it instead of a prompt.")
  @Nullable Path object;

  @Option(names = "--out", description = "Write an answer that is not text to this file.")
  @Nullable Path out;

  @Mixin SamplingOptions parameters = new SamplingOptions();
  @Mixin ServerOptions server = new ServerOptions();

  private long chunks;
  private long tokens;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ManagedChannel channel = server.open();
    try {
      long start = System.nanoTime();
      Inference inference =
          Inference.newBuilder()
              .setCapability(capability)
              .setSession(session)
              .setInput(input(channel))
              .setParameters(parameters.parameters())
              .build();
      new ResumableStream(InferenceServiceGrpc.newBlockingStub(channel), PAUSE)
          .read(
              InferStreamRequest.newBuilder().setInference(inference).build(),
              event -> show(channel, event, start));
      return 0;
    } finally {
      channel.shutdownNow();
    }
  }

  private Payload input(ManagedChannel channel) throws IOException, InterruptedException {
    if ((prompt == null) == (object == null)) {
      throw new ParameterException(
          spec.commandLine(), "Give either a PROMPT or --object FILE (expected: exactly one)");
    }
    if (object != null) {
      ObjectRef stored = ObjectTransfer.upload(channel, object);
      spec.commandLine()
          .getErr()
          .printf("stored %s: %d bytes as %s%n", object, stored.getSize(), stored.getKey());
      return Payload.newBuilder().setObject(stored).build();
    }
    String text = prompt == null ? "" : prompt;
    return chat
        ? Payload.newBuilder()
            .setChat(
                ChatMessages.newBuilder()
                    .addMessages(ChatMessage.newBuilder().setRole("user").setContent(text)))
            .build()
        : Payload.newBuilder().setText(text).build();
  }

  private void show(ManagedChannel channel, StreamEvent response, long start) throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    switch (response.getEventCase()) {
      case ACCEPTED, STARTED, EVENT_NOT_SET -> {}
      case CHUNK -> chunk(channel, response.getChunk(), output);
      case FINISHED -> {
        output.println();
        output.flush();
        var usage = response.getFinished().getUsage();
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "%d prompt + %d completion tokens in %d chunks, %.2f s, session %s%n",
                usage.getPromptTokens(),
                tokens,
                chunks,
                (System.nanoTime() - start) / 1e9,
                session);
      }
    }
  }

  private void chunk(ManagedChannel channel, StreamChunk chunk, PrintWriter output)
      throws IOException {
    chunks++;
    tokens += chunk.getTokens();
    output.print(chunk.getText());
    output.flush();
    if (chunk.hasPayload()) {
      payload(channel, chunk.getPayload(), output);
    }
  }

  private void payload(ManagedChannel channel, Payload payload, PrintWriter output)
      throws IOException {
    ByteString bytes =
        payload.hasObject()
            ? ObjectTransfer.download(channel, payload.getObject())
            : payload.getData();
    String origin = payload.hasObject() ? "object " + payload.getObject().getKey() : "inline";
    if (out == null) {
      output.printf(
          "[%s, %d bytes, %s; --out FILE keeps it]",
          payload.getContentType(), bytes.size(), origin);
    } else {
      Files.write(out, bytes.toByteArray());
      output.printf(
          "[%s, %d bytes, %s, written to %s]", payload.getContentType(), bytes.size(), origin, out);
    }
  }
}
