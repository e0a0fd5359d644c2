package io.anyserve.cli.request;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.anyserve.cli.options.ServerOptions;
import io.anyserve.v1.GetRequestRequest;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.InferenceServiceGrpc;
import io.grpc.ManagedChannel;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows how a request is. */
@Command(
    mixinStandardHelpOptions = true,
    name = "request",
    description = "Show state, counts and timings of a request.",
    sortOptions = false)
public final class RequestCommand implements Callable<Integer> {

  private static final String STATE_PREFIX = "REQUEST_STATE_";
  private static final String ROW = "%-12s %s%n";

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The request's id.")
  String id = "";

  @Option(names = "--json", description = "Print a JSON object.")
  boolean json;

  @Mixin ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws InvalidProtocolBufferException {
    ManagedChannel channel = server.open();
    try {
      GetRequestResponse request =
          InferenceServiceGrpc.newBlockingStub(channel)
              .getRequest(GetRequestRequest.newBuilder().setRequestId(id).build());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(JsonFormat.printer().omittingInsignificantWhitespace().print(request));
      } else {
        print(out, request);
      }
      out.flush();
      return 0;
    } finally {
      channel.shutdownNow();
    }
  }

  private static void print(PrintWriter out, GetRequestResponse request) {
    String state = request.getState().name().replace(STATE_PREFIX, "").toLowerCase(Locale.ROOT);
    String code = request.getCode().isEmpty() ? "" : ", " + request.getCode();
    out.printf(ROW, "request", request.getRequestId());
    out.printf(ROW, "state", state + code);
    out.printf(ROW, "session", request.getSession());
    out.printf(ROW, "attempts", request.getAttempts());
    out.printf(ROW, "worker", request.getWorker());
    out.printf(ROW, "capability", request.getCapability() + ", model " + request.getModel());
    out.printf(ROW, "delegated", request.getDelegated() ? "yes" : "no");
    out.printf(
        ROW,
        "tokens",
        "%d prompt + %d completion in %d chunks"
            .formatted(
                request.getUsage().getPromptTokens(),
                request.getUsage().getCompletionTokens(),
                request.getChunks()));
    out.printf(ROW, "accepted", time(request.getAcceptedAt(), 0));
    out.printf(ROW, "started", time(request.getStartedAt(), request.getAcceptedAt()));
    out.printf(ROW, "first token", time(request.getFirstTokenAt(), request.getAcceptedAt()));
    out.printf(ROW, "finished", time(request.getFinishedAt(), request.getAcceptedAt()));
  }

  /** With how long after acceptance that was. */
  private static String time(long millis, long since) {
    if (millis == 0) {
      return "-";
    }
    String after =
        since == 0 ? "" : " (after %d ms)".formatted(Duration.ofMillis(millis - since).toMillis());
    return Instant.ofEpochMilli(millis) + after;
  }
}
