#!/usr/bin/env bash
# Software: @atomic-ehr/ucum 0.2.5 (npm), UCUM units for FHIR; @lhncbc/ucum-lhc 7.1.10 (npm) to compare.
