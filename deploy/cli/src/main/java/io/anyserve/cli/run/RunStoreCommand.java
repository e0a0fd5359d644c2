package io.anyserve.cli.run;

import io.anyserve.embedded.EmbeddedObjectStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the embedded S3 server alone. */
@Command(
    mixinStandardHelpOptions = true,
    name = "store",
    description = "Run only the embedded S3 server.",
    sortOptions = false)
public final class RunStoreCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data directory, with a folder for each bucket; it survives restarts.")
  Path data = Path.of("");

  @Option(
      names = "--port",
      defaultValue = "7404",
      description = "Port of the S3 server (default: ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Address that the S3 server listens on (default: ${DEFAULT-VALUE}).")
  String host = "";

  @Option(
      names = "--access-key",
      required = true,
      defaultValue = "${env:ANYSERVE_OBJECTS_ACCESS_KEY}",
      description = "Access key (default: ANYSERVE_OBJECTS_ACCESS_KEY).")
  String accessKey = "";

  @Option(
      names = "--secret-key",
      required = true,
      defaultValue = "${env:ANYSERVE_OBJECTS_SECRET_KEY}",
      description = "Secret key; prefer the variable (default: ANYSERVE_OBJECTS_SECRET_KEY).")
  String secretKey = "";

  @Mixin ForegroundProcess life = new ForegroundProcess();

  @Override
  public Integer call() throws Exception {
    EmbeddedObjectStore store = EmbeddedObjectStore.start(data, host, port, accessKey, secretKey);
    return life.run(
        store, () -> "store is ready: S3 " + store.endpoint(), spec.commandLine().getOut());
  }
}
