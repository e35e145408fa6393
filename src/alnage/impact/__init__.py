"""What if: a listing, a ban, a lost material, on a chain, a firm network, a table of sectors.

Pure computation; reading of edge lists and tables is the one seam. Every number comes with
its method, its band and what is not known. A model's answer is an estimate, never a finding.
"""
