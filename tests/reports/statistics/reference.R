# Reference values of the statistics: Rscript reference.R > r.json (R 4.2.2)
samples <- read.csv("samples.csv")
number <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
cases <- c()
for (name in unique(samples$case)) {
  of <- function(side) samples$value[samples$case == name & samples$side == side]
  base <- of("base")
  head <- of("head")
  test <- suppressWarnings(wilcox.test(head, base, conf.int = TRUE, conf.level = 0.95))
  tied <- anyDuplicated(c(base, head)) > 0
  exact <- !tied && length(base) <= 20
  if (exact) test <- wilcox.test(head, base, exact = TRUE, conf.int = TRUE, conf.level = 0.95)
  all <- sort(outer(head, base, "-"))
  cases <- c(cases, sprintf(
    '  "%s": { "p": %s, "shift": %s, "interval": %s, "untied": %s }',
    name, number(test$p.value), number(median(all)),
    if (exact) number(test$conf.int) else "null", if (tied) "false" else "true"
  ))
}
ps <- c(0.01, 0.04, 0.03, 0.005, 0.5, 0.03)
cat("{\n \"R\": \"", R.version$major, ".", R.version$minor, "\",\n", sep = "")
cat(" \"cases\": {\n", paste(cases, collapse = ",\n"), "\n },\n", sep = "")
cat(" \"holm\": { \"p\": ", number(ps), ", \"adjusted\": ", number(p.adjust(ps, "holm")), " }\n}\n", sep = "")
