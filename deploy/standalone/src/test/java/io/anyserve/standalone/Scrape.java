package io.anyserve.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /metrics} says.
 *
 * @param help by family
 * @param samples their names with labels
 */
public record Scrape(String text, Map<String, String> help, List<String> samples) {

  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"");

  public static Scrape of(int port) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
      return of(
          client
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body());
    }
  }

  public static Scrape of(String text) {
    Map<String, String> help = new TreeMap<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# TYPE ")) {
        help.putIfAbsent(words[2], "");
      } else if (line.startsWith("# HELP ")) {
        help.put(words[2], words.length > 3 ? words[3].strip() : "");
      }
    }
    List<String> samples =
        text.lines()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .map(line -> line.substring(0, line.lastIndexOf(' ')))
            .toList();
    return new Scrape(text, help, samples);
  }

  public Set<String> families() {
    return help.keySet();
  }

  Set<String> labels() {
    Set<String> labels = new TreeSet<>();
    for (String sample : samples) {
      Matcher label = LABEL.matcher(sample);
      while (label.find()) {
        labels.add(label.group(1));
      }
    }
    return labels;
  }

  /** How many series the family has, buckets counted. */
  long series(String family) {
    return samples.stream()
        .filter(sample -> sample.startsWith(family + "{") || sample.startsWith(family + "_bucket{"))
        .count();
  }
}
