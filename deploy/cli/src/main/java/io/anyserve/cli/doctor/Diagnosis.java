package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The findings of all checks, in their order. */
public record Diagnosis(List<Examined> checks) {

  /** One check and what it found. */
  public record Examined(String name, List<Advice> findings) {
    public Examined {
      findings = List.copyOf(findings);
    }
  }

  public Diagnosis {
    checks = List.copyOf(checks);
  }

  /** Runs the checks one after another; a check that fails is a problem like others. */
  public static Diagnosis of(List<Check> checks) throws InterruptedException {
    List<Examined> examined = new ArrayList<>();
    for (Check check : checks) {
      examined.add(new Examined(check.name(), findings(check)));
    }
    return new Diagnosis(examined);
  }

  private static List<Advice> findings(Check check) throws InterruptedException {
    try {
      return check.findings();
    } catch (RuntimeException e) {
      return List.of(
          new Problem("the check itself failed: " + e, "Report this with the output of --json."));
    }
  }

  public long problems() {
    return all().stream().filter(Problem.class::isInstance).count();
  }

  public long notes() {
    return all().stream().filter(Note.class::isInstance).count();
  }

  private List<Advice> all() {
    return checks.stream().flatMap(check -> check.findings().stream()).toList();
  }

  /** One line for each finding, under the name of its check. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Examined check : checks) {
      text.append(check.name()).append('\n');
      check.findings().forEach(finding -> text.append("  ").append(line(finding)).append('\n'));
    }
    return text + summary() + "\n";
  }

  private static String line(Advice finding) {
    return switch (finding) {
      case Ok ok -> "ok       " + ok.text();
      case Note note -> "note     " + note.text() + ". " + note.advice();
      case Problem problem -> "problem  " + problem.text() + ". " + problem.advice();
    };
  }

  private String summary() {
    return problems() == 0
        ? "No problems, notes: " + notes() + "."
        : "Problems: " + problems() + ", notes: " + notes() + ".";
  }

  /** The same as JSON: problems, notes, and a list of checks with their findings. */
  public String json() {
    List<Rows> rows = checks.stream().map(Diagnosis::rows).toList();
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(new Document(problems(), notes(), rows))
        + "\n";
  }

  private static Rows rows(Examined check) {
    return new Rows(check.name(), check.findings().stream().map(Diagnosis::row).toList());
  }

  private static Row row(Advice finding) {
    return switch (finding) {
      case Ok ok -> new Row("ok", ok.text(), "");
      case Note note -> new Row("note", note.text(), note.advice());
      case Problem problem -> new Row("problem", problem.text(), problem.advice());
    };
  }

  private record Document(long problems, long notes, List<Rows> checks) {}

  private record Rows(String name, List<Row> findings) {}

  private record Row(String state, String text, String advice) {}
}
