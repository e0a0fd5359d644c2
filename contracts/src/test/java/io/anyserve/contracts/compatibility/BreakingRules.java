package io.anyserve.contracts.compatibility;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.anyserve.contracts.compatibility.BreakingChange.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds what a newer schema breaks of an older one; additions break nothing. */
final class BreakingRules {

  private final List<BreakingChange> found = new ArrayList<>();

  private BreakingRules() {}

  static List<BreakingChange> compare(ProtoSchema older, ProtoSchema newer) {
    var rules = new BreakingRules();
    rules.each(older.files(), newer.files(), Rule.FILE_OPTIONS, rules::file);
    rules.each(older.messages(), newer.messages(), Rule.MESSAGE_DELETED, rules::message);
    rules.each(older.enums(), newer.enums(), Rule.ENUM_DELETED, rules::enumeration);
    rules.each(older.services(), newer.services(), Rule.SERVICE_DELETED, rules::service);
    return List.copyOf(rules.found);
  }

  private <T> void each(
      Map<String, T> older, Map<String, T> newer, Rule deleted, BiConsumer<T, T> compare) {
    older.forEach(
        (name, before) -> {
          @Nullable T now = newer.get(name);
          if (now == null) {
            report(deleted, name, "deleted");
          } else {
            compare.accept(before, now);
          }
        });
  }

  private void file(FileDescriptor before, FileDescriptor now) {
    same(Rule.FILE_OPTIONS, before.getName(), options(before), options(now));
  }

  private static String options(FileDescriptor file) {
    FileOptions options = file.getOptions();
    return "package %s, syntax %s, java_package %s, java_multiple_files %s"
        .formatted(
            file.getPackage(),
            file.toProto().getSyntax(),
            options.getJavaPackage(),
            options.getJavaMultipleFiles());
  }

  private void message(Descriptor before, Descriptor now) {
    for (FieldDescriptor field : before.getFields()) {
      @Nullable FieldDescriptor same = now.findFieldByNumber(field.getNumber());
      if (same == null) {
        deleted(field, now);
      } else {
        field(field, same);
      }
    }
    for (OneofDescriptor oneof : before.getRealOneofs()) {
      if (now.getRealOneofs().stream().noneMatch(one -> one.getName().equals(oneof.getName()))) {
        report(Rule.ONEOF_DELETED, oneof.getFullName(), "deleted");
      }
    }
    reservations(before.getFullName(), reserved(before.toProto()), reserved(now.toProto()));
  }

  private void deleted(FieldDescriptor field, Descriptor now) {
    Set<String> reserved = reserved(now.toProto());
    if (!reserved.contains(Integer.toString(field.getNumber()))) {
      report(
          Rule.FIELD_NUMBER_NOT_RESERVED,
          field.getFullName(),
          "deleted (expected: reserved " + field.getNumber() + ")");
    }
    if (!reserved.contains(field.getName())) {
      report(
          Rule.FIELD_NAME_NOT_RESERVED,
          field.getFullName(),
          "deleted (expected: reserved \"" + field.getName() + "\")");
    }
  }

  private void field(FieldDescriptor before, FieldDescriptor now) {
    String name = before.getFullName();
    same(Rule.FIELD_NAME, name, before.getName(), now.getName());
    same(Rule.FIELD_JSON_NAME, name, before.getJsonName(), now.getJsonName());
    same(Rule.FIELD_TYPE, name, type(before), type(now));
    same(Rule.FIELD_LABEL, name, label(before), label(now));
    same(Rule.FIELD_ONEOF, name, oneof(before), oneof(now));
  }

  private static String type(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING -> field.getType().name();
    };
  }

  private static String label(FieldDescriptor field) {
    if (field.isRepeated()) {
      return field.isPacked() ? "repeated, packed" : "repeated";
    }
    return field.getContainingOneof() == null || field.getRealContainingOneof() != null
        ? "singular"
        : "optional";
  }

  private static String oneof(FieldDescriptor field) {
    return Optional.ofNullable(field.getRealContainingOneof())
        .map(OneofDescriptor::getName)
        .orElse("none");
  }

  private void enumeration(EnumDescriptor before, EnumDescriptor now) {
    Set<String> reserved = reserved(now.toProto());
    for (EnumValueDescriptor value : before.getValues()) {
      String name = value.getFullName();
      @Nullable EnumValueDescriptor same = now.findValueByNumber(value.getNumber());
      if (same != null) {
        same(Rule.ENUM_NAME, name, value.getName(), same.getName());
        continue;
      }
      if (!reserved.contains(Integer.toString(value.getNumber()))) {
        report(
            Rule.ENUM_NUMBER_NOT_RESERVED,
            name,
            "deleted (expected: reserved " + value.getNumber() + ")");
      }
      if (!reserved.contains(value.getName())) {
        report(
            Rule.ENUM_NAME_NOT_RESERVED,
            name,
            "deleted (expected: reserved \"" + value.getName() + "\")");
      }
    }
    reservations(before.getFullName(), reserved(before.toProto()), reserved(now.toProto()));
  }

  /** Names and numbers; of a message's ranges the end is not part of them. */
  private static Set<String> reserved(DescriptorProto message) {
    return message.getReservedRangeList().stream()
        .flatMapToInt(range -> IntStream.range(range.getStart(), range.getEnd()))
        .mapToObj(Integer::toString)
        .collect(Collectors.toCollection(() -> new HashSet<>(message.getReservedNameList())));
  }

  /** Names and numbers; of an enumeration's ranges the end is part of them. */
  private static Set<String> reserved(EnumDescriptorProto enumeration) {
    return enumeration.getReservedRangeList().stream()
        .flatMapToInt(range -> IntStream.rangeClosed(range.getStart(), range.getEnd()))
        .mapToObj(Integer::toString)
        .collect(Collectors.toCollection(() -> new HashSet<>(enumeration.getReservedNameList())));
  }

  private void reservations(String element, Set<String> before, Set<String> now) {
    before.stream()
        .filter(reserved -> !now.contains(reserved))
        .sorted()
        .forEach(
            reserved ->
                report(Rule.RESERVATION_DELETED, element, "no longer reserved: " + reserved));
  }

  private void service(ServiceDescriptor before, ServiceDescriptor now) {
    for (MethodDescriptor method : before.getMethods()) {
      @Nullable MethodDescriptor same = now.findMethodByName(method.getName());
      if (same == null) {
        report(Rule.METHOD_DELETED, method.getFullName(), "deleted");
      } else {
        same(Rule.METHOD_TYPES, method.getFullName(), types(method), types(same));
        same(Rule.METHOD_STREAMING, method.getFullName(), streaming(method), streaming(same));
      }
    }
  }

  private static String types(MethodDescriptor method) {
    return method.getInputType().getFullName() + " to " + method.getOutputType().getFullName();
  }

  private static String streaming(MethodDescriptor method) {
    return "client %s, server %s".formatted(method.isClientStreaming(), method.isServerStreaming());
  }

  private void same(Rule rule, String element, String before, String now) {
    if (!Objects.equals(before, now)) {
      report(rule, element, now + " (expected: " + before + ")");
    }
  }

  private void report(Rule rule, String element, String what) {
    found.add(new BreakingChange(rule, element, what));
  }
}
