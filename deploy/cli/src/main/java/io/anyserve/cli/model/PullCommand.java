package io.anyserve.cli.model;

import io.anyserve.worker.hub.HubClient;
import io.anyserve.worker.hub.HubSettings;
import io.anyserve.worker.hub.ModelCache;
import io.anyserve.worker.hub.ModelDownload;
import io.anyserve.worker.hub.ModelReference;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Downloads a model. */
@Command(
    mixinStandardHelpOptions = true,
    name = "pull",
    description = {
      "Download a model from the Hugging Face hub, or go on with a download that broke off.",
      "HF_ENDPOINT names another hub, HF_TOKEN is sent to it, and ANYSERVE_MODELS is the folder"
          + " for models."
    })
public final class PullCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "ORG/NAME[@REVISION][:FILE]",
      description = "The model; the revision is a branch, a tag or a commit (default: main).",
      converter = ModelReferenceConverter.class)
  ModelReference model = ModelReference.parse("org/name");

  @Option(
      names = "--file",
      paramLabel = "GLOB",
      description =
          "Files to download, such as *Q8_0.gguf; may be repeated"
              + " (default: safetensors and what belongs to them, or the only GGUF file).")
  List<String> files = new ArrayList<>();

  private final Map<String, String> environment;

  public PullCommand() {
    this(System.getenv());
  }

  PullCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException {
    ModelCache cache = ModelCache.of(environment);
    PrintWriter out = spec.commandLine().getOut();
    try (var hub = new HubClient(HubSettings.of(environment));
        var progress = PullProgress.to(spec.commandLine().getErr())) {
      Path folder = new ModelDownload(hub, cache).pull(model, files, progress);
      progress.close();
      out.printf("%s is in %s%n", model, folder);
      out.printf("Try: ./anyserve up --model %s%n", model);
      out.flush();
    }
    return 0;
  }
}
