package io.anyserve.cli.model;

import io.anyserve.cli.options.Bytes;
import io.anyserve.worker.hub.HubException;
import io.anyserve.worker.hub.ModelCache;
import io.anyserve.worker.hub.ModelReference;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The models that were downloaded. */
@Command(
    mixinStandardHelpOptions = true,
    name = "models",
    synopsisSubcommandLabel = "COMMAND",
    description = "List or remove models that were downloaded.")
public final class ModelsCommand {

  private static final String ROW = "%-48s %-14s %-12s %10s  %s%n";
  private static final int SHORT_COMMIT = 12;

  @Spec CommandSpec spec = CommandSpec.create();

  private final Map<String, String> environment;

  public ModelsCommand() {
    this(System.getenv());
  }

  ModelsCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "list",
      description = "List them, with revisions, sizes and folders.")
  int list() {
    PrintWriter out = out();
    out.printf(ROW, "MODEL", "REVISION", "COMMIT", "SIZE", "FOLDER");
    cache().entries().forEach(entry -> show(entry, out));
    out.flush();
    return 0;
  }

  private static void show(ModelCache.Entry entry, PrintWriter out) {
    String commit = entry.commit();
    out.printf(
        ROW,
        entry.repository(),
        entry.revisions().isEmpty() ? "-" : String.join(",", entry.revisions()),
        commit.substring(0, Math.min(SHORT_COMMIT, commit.length())),
        Bytes.text(entry.bytes()),
        entry.folder() + (entry.whole() ? "" : " (not whole: pull it again)"));
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "remove",
      description = "Delete a model: all its revisions, or the one that is named.")
  int remove(
      @Parameters(paramLabel = "ORG/NAME[@REVISION]", description = "The model.") String model)
      throws IOException {
    ModelReference reference = reference(model);
    Optional<String> revision = Optional.of(reference.revision()).filter(_ -> model.contains("@"));
    List<ModelCache.Entry> gone = cache().remove(reference.repository(), revision);
    if (gone.isEmpty()) {
      throw new HubException(
          model + ": not downloaded (expected: one that ./anyserve models list shows)");
    }
    PrintWriter out = out();
    gone.forEach(
        entry -> out.printf("%s deleted, %s%n", entry.folder(), Bytes.text(entry.bytes())));
    out.flush();
    return 0;
  }

  private ModelReference reference(String model) {
    try {
      return ModelReference.parse(model);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private ModelCache cache() {
    return ModelCache.of(environment);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
