package io.anyserve.cli.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.v1.Parameters;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class SamplingOptionsTest {

  @Test
  void whatIsLeftOutIsNotInTheRequest() {
    assertEquals(Parameters.getDefaultInstance(), asked());
  }

  @Test
  void whatIsGivenIsInTheRequestAlsoWhereItIsTheUsualValue() {
    assertEquals(
        Parameters.newBuilder()
            .setMaxTokens(256)
            .setTemperature(1)
            .setTopP(1)
            .setTopK(0)
            .setSeed(0)
            .addStop("END")
            .build(),
        asked(
            "--max-tokens=256",
            "--temperature=1",
            "--top-p=1",
            "--top-k=0",
            "--seed=0",
            "--stop=END"));
  }

  @Test
  void theHelpSaysWhereDefaultsComeFrom() {
    assertEquals(
        List.of("--temperature", "--top-p", "--top-k"),
        new CommandLine(new AskCommand())
            .getCommandSpec().options().stream()
                .filter(option -> option.description().length == 1)
                .filter(option -> option.description()[0].endsWith("(default: the model's own)."))
                .map(OptionSpec::longestName)
                .toList());
  }

  private static Parameters asked(String... options) {
    var command = new AskCommand();
    new CommandLine(command).parseArgs(options);
    return command.parameters.parameters();
  }
}
