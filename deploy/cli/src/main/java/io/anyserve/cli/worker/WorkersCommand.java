package io.anyserve.cli.worker;

import io.anyserve.cli.options.ServerOptions;
import io.anyserve.v1.CapabilityServiceGrpc;
import io.anyserve.v1.ListWorkersRequest;
import io.anyserve.v1.OfferedCapability;
import io.anyserve.v1.WorkerStatus;
import io.grpc.ManagedChannel;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists live workers and what they offer. */
@Command(
    mixinStandardHelpOptions = true,
    name = "workers",
    description = "List live workers and their capabilities.")
public final class WorkersCommand implements Callable<Integer> {

  private static final String STATE_PREFIX = "WORKER_STATE_";
  private static final String ROW = "%-20s %-10s %-16s %-10s %-20s %5s %7s %6s %-11s %s%n";

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ServerOptions server = new ServerOptions();

  @Override
  public Integer call() {
    ManagedChannel channel = server.open();
    try {
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          ROW,
          "WORKER",
          "STATE",
          "CAPABILITY",
          "ENGINE",
          "MODEL",
          "SLOTS",
          "RUNNING",
          "LOADED",
          "PRECISION",
          "REASON");
      CapabilityServiceGrpc.newBlockingStub(channel)
          .listWorkers(ListWorkersRequest.getDefaultInstance())
          .getWorkersList()
          .forEach(worker -> show(worker, out));
      out.flush();
      return 0;
    } finally {
      channel.shutdownNow();
    }
  }

  private static void show(WorkerStatus worker, PrintWriter out) {
    String state = worker.getState().name().replace(STATE_PREFIX, "").toLowerCase(Locale.ROOT);
    for (OfferedCapability offered : worker.getCapabilitiesList()) {
      out.printf(
          ROW,
          worker.getId(),
          state,
          offered.getName(),
          offered.getEngine(),
          offered.getModel(),
          offered.getSlots(),
          worker.getRunning(),
          offered.getLoaded() ? "yes" : "no",
          offered.getPrecision(),
          offered.getPrecisionReason());
    }
  }
}
