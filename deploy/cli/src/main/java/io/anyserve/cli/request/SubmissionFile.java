package io.anyserve.cli.request;

import io.anyserve.contracts.RequestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The requests of a file, one JSON object a line, each with an id: its own, or a new one. A byte
 * order mark at the beginning of the file belongs to none.
 *
 * @param requests in the order of the file
 * @param problems of lines that are no request, and of lines whose id another line has
 */
record SubmissionFile(Map<RequestId, ObjectNode> requests, List<String> problems) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final String OBJECT = "expected: a JSON object";

  SubmissionFile {
    requests = Collections.unmodifiableMap(new LinkedHashMap<>(requests));
    problems = List.copyOf(problems);
  }

  /**
   * @param ids for lines that have none
   */
  static SubmissionFile read(Path file, Supplier<RequestId> ids) throws IOException {
    return of(Files.readAllLines(file), ids);
  }

  static SubmissionFile of(List<String> lines, Supplier<RequestId> ids) {
    Map<RequestId, ObjectNode> requests = new LinkedHashMap<>();
    Map<RequestId, Integer> numbers = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = i == 0 ? unmarked(lines.get(i)) : lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      try {
        ObjectNode request = object(line);
        RequestId id = identify(request, ids);
        @Nullable Integer earlier = numbers.putIfAbsent(id, i + 1);
        if (earlier != null) {
          problems.add(repeated(id, earlier, i + 1));
        }
        requests.putIfAbsent(id, request);
      } catch (JacksonException | IllegalArgumentException e) {
        problems.add("line " + (i + 1) + ": " + firstLine(e));
      }
    }
    return new SubmissionFile(requests, problems);
  }

  private static String unmarked(String line) {
    return line.startsWith(BYTE_ORDER_MARK) ? line.substring(BYTE_ORDER_MARK.length()) : line;
  }

  private static ObjectNode object(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException(node.getNodeType() + " (" + OBJECT + ")");
    } catch (JacksonException e) {
      throw new IllegalArgumentException(firstLine(e) + " (" + OBJECT + ")", e);
    }
  }

  private static RequestId identify(ObjectNode request, Supplier<RequestId> ids) {
    if (request.has("id")) {
      return RequestId.parse(request.get("id").asString());
    }
    RequestId id = ids.get();
    request.put("id", id.toString());
    return id;
  }

  private static String repeated(RequestId id, int first, int second) {
    return "lines %d and %d: id %s (expected: a different one for each line)"
        .formatted(first, second, id);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
