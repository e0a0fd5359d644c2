package io.anyserve.cli;

import io.anyserve.standalone.SettingsReference;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what a settings file may say. */
@Command(
    mixinStandardHelpOptions = true,
    name = "settings",
    description = "Print every setting with its default, its range and its environment variable.",
    sortOptions = false)
final class SettingsCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(names = "--markdown", description = "Print the page docs/settings.md instead.")
  boolean markdown;

  @Override
  public Integer call() {
    SettingsReference reference = new SettingsReference();
    PrintWriter out = spec.commandLine().getOut();
    out.print(markdown ? reference.markdown() : reference.text());
    out.flush();
    return 0;
  }
}
