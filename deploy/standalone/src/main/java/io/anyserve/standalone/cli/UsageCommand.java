package io.anyserve.standalone.cli;

import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a session's totals out of the ledger. */
@Command(
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[rerate|verify]",
    subcommands = {RerateCommand.class, VerifyCommand.class},
    name = "usage",
    description = "Show what a session used.",
    sortOptions = false)
final class UsageCommand implements Callable<Integer> {

  /** The ledger is a commit behind the stream. */
  private static final int TRIES = 10;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--session",
      defaultValue = "cli",
      description = "The session (default: ${DEFAULT-VALUE}).")
  String session = "";

  @Option(names = "--watch", description = "Show every change until interrupted.")
  boolean watch;

  @Mixin ServerOptions server = new ServerOptions();

  @Override
  public Integer call() {
    ManagedChannel channel = server.open();
    try {
      var stub = UsageServiceGrpc.newBlockingStub(channel);
      if (watch) {
        stub.watchSessionUsage(WatchSessionUsageRequest.newBuilder().setSession(session).build())
            .forEachRemaining(response -> show(response.getUsage()));
      } else {
        show(fetch(stub));
      }
      return 0;
    } finally {
      channel.shutdownNow();
    }
  }

  private SessionUsage fetch(UsageServiceGrpc.UsageServiceBlockingStub stub) {
    var request = GetSessionUsageRequest.newBuilder().setSession(session).build();
    for (int i = 1; ; i++) {
      try {
        return stub.getSessionUsage(request).getUsage();
      } catch (StatusRuntimeException e) {
        if (i == TRIES || e.getStatus().getCode() != Status.Code.NOT_FOUND) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void show(SessionUsage usage) {
    spec.commandLine()
        .getOut()
        .printf(
            "session %s of tenant %s: %d requests (%d finished, %d failed, %d cancelled), "
                + "%d prompt + %d completion tokens in %d chunks%n",
            usage.getSession(),
            usage.getTenant(),
            usage.getRequests(),
            usage.getFinished(),
            usage.getFailed(),
            usage.getCancelled(),
            usage.getPromptTokens(),
            usage.getCompletionTokens(),
            usage.getChunks());
    spec.commandLine().getOut().flush();
  }
}
