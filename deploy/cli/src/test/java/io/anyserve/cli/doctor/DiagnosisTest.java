package io.anyserve.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.cli.doctor.Diagnosis.Examined;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class DiagnosisTest {

  private static final Diagnosis MIXED =
      new Diagnosis(
          List.of(
              new Examined("Java", List.of(new Ok("JDK 25"))),
              new Examined(
                  "Ports",
                  List.of(new Note("busy", "Wait."), new Problem("taken", "Choose others.")))));

  @Test
  void everyFindingIsALineUnderItsCheck() {
    assertEquals(
        """
        Java
          ok       JDK 25
        Ports
          note     busy. Wait.
          problem  taken. Choose others.
        Problems: 1, notes: 1.
        """,
        MIXED.text());
  }

  @Test
  void jsonSaysTheSame() {
    var tree = JsonMapper.shared().readTree(MIXED.json());

    assertEquals(1, tree.get("problems").asInt());
    assertEquals(1, tree.get("notes").asInt());
    assertEquals("Ports", tree.at("/checks/1/name").asString());
    assertEquals("problem", tree.at("/checks/1/findings/1/state").asString());
    assertEquals("taken", tree.at("/checks/1/findings/1/text").asString());
    assertEquals("Choose others.", tree.at("/checks/1/findings/1/advice").asString());
    assertEquals("ok", tree.at("/checks/0/findings/0/state").asString());
  }

  @Test
  void aCheckThatFailsIsAProblemAndTheOthersGoOn() throws Exception {
    Diagnosis diagnosis = Diagnosis.of(List.of(check("One", true), check("Two", false)));

    assertEquals(1, diagnosis.problems());
    assertTrue(diagnosis.text().contains("the check itself failed"), diagnosis.text());
    assertTrue(diagnosis.text().contains("Two\n  ok       fine\n"), diagnosis.text());
  }

  private static Check check(String name, boolean fails) {
    return new Check() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<Advice> findings() {
        if (fails) {
          throw new IllegalStateException("broken");
        }
        return List.of(new Ok("fine"));
      }
    };
  }
}
