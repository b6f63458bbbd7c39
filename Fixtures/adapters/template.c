/* Adapter: answers wire protocol 1 with your library. Fill in `answer`, leave the rest.
 *
 *     cc -std=c11 -O2 -Wall -Wextra template.c -o adapter -lm
 *     flowref validate -- ./adapter
 *
 * Needs nothing but the C library. The reader takes the requests of the protocol apart just far enough: numbers, strings
 * and arrays of numbers of the outermost object, and the same of the path. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the value of a member begins, in the object that begins at `object`; NULL where there is none. */
static const char *skip_string(const char *p) {
  for (p++; *p && *p != '"'; p++)
    if (*p == '\\' && p[1]) p++;
  return *p ? p + 1 : p;
}

static const char *skip_value(const char *p) {
  int depth = 0;
  do {
    if (*p == '"') { p = skip_string(p); continue; }
    if (*p == '{' || *p == '[') depth++;
    if (*p == '}' || *p == ']') { if (depth == 0) return p; depth--; }
    if (*p == ',' && depth == 0) return p;
    if (*p) p++;
  } while (*p);
  return p;
}

static const char *member(const char *object, const char *name) {
  const char *p = object ? object + strspn(object, " \t") : "";
  if (*p != '{') return NULL;
  for (p++; *p;) {
    p += strspn(p, " \t,");
    if (*p != '"') return NULL;
    const char *start = p + 1;
    p = skip_string(p);
    bool found = strlen(name) == (size_t)(p - 1 - start) && strncmp(start, name, strlen(name)) == 0;
    p += strspn(p, " \t:");
    if (found) return p;
    p = skip_value(p);
    if (*p == '}') return NULL;
  }
  return NULL;
}

/* Whether the object has no members but these (their names between spaces). */
static bool only(const char *object, const char *names) {
  const char *p = object ? object + strspn(object, " \t") : "";
  for (p += *p == '{'; *(p += strspn(p, " \t,")) == '"';) {
    char name[64];
    const char *end = skip_string(p);
    snprintf(name, sizeof name, " %.*s ", (int)(end - p - 2), p + 1);
    if (!strstr(names, name)) return false;
    p = skip_value(end + strspn(end, " \t:"));
  }
  return true;
}

static bool is(const char *object, const char *name, const char *text) {
  const char *p = member(object, name);
  return p && *p == '"' && strncmp(p + 1, text, strlen(text)) == 0 && p[1 + strlen(text)] == '"';
}

/* A number; `otherwise` where the member is missing. */
static double number(const char *object, const char *name, double otherwise) {
  const char *p = member(object, name);
  return p ? strtod(p, NULL) : otherwise;
}

/* The length of an array of numbers, at most `most`; -1 where there is none or it is longer. */
static int vector(const char *object, const char *name, double *values, int most) {
  const char *p = member(object, name);
  int count = 0;
  if (!p || *p != '[') return -1;
  for (p++; *p && *p != ']'; p += strspn(p, " \t,")) {
    char *end;
    if (count == most) return -1;
    values[count++] = strtod(p, &end);
    if (end == p) return -1;
    p = end;
  }
  return count;
}

/* JSON has no infinities: they travel as strings. 17 digits read back as the same double. */
static void print(double value) {
  if (isfinite(value)) printf("%.17g", value);
  else printf(isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"");
}

static void print_vector(const double *values, int count) {
  for (int i = 0; i < count; i++) { putchar(i ? ',' : '['); print(values[i]); }
  printf(count ? "]" : "[]");
}

enum { MOST = 1024 };

/* Computes the answer into `result` and returns how many numbers it has, or says why not in `code`. */
static int answer(const char *request, double *result, const char **code) {
  static double x[MOST], x1[MOST];
  const char *path = member(request, "path");
  if (is(request, "op", "conditional_velocity") && is(path, "kind", "ot") && member(request, "t")) {
    int d = vector(request, "x", x, MOST), d1 = vector(request, "x1", x1, MOST);
    if (!only(request, " id op path t x x1 ")) { *code = "unknown_field"; return 0; }
    double t = number(request, "t", 0), sigma_min = number(path, "sigma_min", 0);
    if (d < 1 || d1 < 1) { *code = "unsupported"; return 0; }
    if (d != d1) { *code = "dimension_mismatch"; return 0; }
    if (!(t >= 0 && t <= 1)) { *code = "out_of_domain"; return 0; }
    /* Replace this by a call of your library: u = x1 - (1 - sigma_min) (x - t x1) / (1 - (1 - sigma_min) t). */
    double sigma = (1 - t) + sigma_min * t;
    if (sigma == 0) { *code = "singular"; return 0; }
    for (int i = 0; i < d; i++) result[i] = x1[i] - (1 - sigma_min) * fma(-t, x1[i], x[i]) / sigma;
    return d;
  }
  *code = "unsupported";
  return 0;
}

int main(void) {
  static double result[MOST];
  char *line = NULL;
  size_t room = 0, length = 0;
  for (int c; (c = getchar()) != EOF;) {
    if (length + 1 >= room && !(line = realloc(line, room = 2 * room + 4096))) return 1;
    if (c != '\n') { line[length++] = (char)c; continue; }
    line[length] = 0;
    length = 0;
    const char *id = member(line, "id"), *code = NULL;
    printf("{\"id\":%.*s,", id ? (int)(skip_value(id) - id) : 4, id ? id : "null");
    if (is(line, "op", "hello")) {
      printf("\"ok\":true,\"value\":{\"protocol\":1,\"name\":\"template\",\"version\":\"1\",\"precision\":\"float64\","
             "\"ops\":[\"hello\",\"echo\",\"conditional_velocity\"]}}\n");
    } else if (is(line, "op", "echo") && member(line, "value")) {
      const char *value = member(line, "value");
      /* Read and written as numbers, so that the echo tests what the answers go through. */
      printf("\"ok\":true,\"value\":");
      for (const char *end = skip_value(value); value < end;) {
        if (*value == '-' || isdigit((unsigned char)*value)) { char *next; print(strtod(value, &next)); value = next; }
        else putchar(*value++);
      }
      printf("}\n");
    } else {
      int count = answer(line, result, &code);
      if (code) printf("\"ok\":false,\"error\":{\"code\":\"%s\"}}\n", code);
      else { printf("\"ok\":true,\"value\":"); print_vector(result, count); printf("}\n"); }
    }
    fflush(stdout);
  }
  return 0;
}
