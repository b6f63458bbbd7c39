(* The conditional fields as the paper prints them, in its own variables: VE and VP are written through
   functions of 1 - t, where the prime is the derivative of the function and not d/dt. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField.
Open Scope R_scope.

(* ---- OT path: mu = t x1, sigma = 1 - (1 - smin) t ---- *)
Definition ot_mu (x1 s : R) := s * x1.
Definition ot_sigma (smin s : R) := 1 - (1 - smin) * s.
Definition ot_field (smin x1 t x : R) := (x1 - (1 - smin) * x) / (1 - (1 - smin) * t).

Lemma ot_den_pos smin t : 0 < smin <= 1 -> 0 <= t <= 1 -> 0 < 1 - (1 - smin) * t.
Proof. intros; nra. Qed.

Theorem ot_generates smin x1 t : 1 - (1 - smin) * t <> 0 ->
  generates (ot_mu x1) (ot_sigma smin) t (ot_field smin x1 t).
Proof.
  intros H0. apply (generates_by_theorem_3 _ _ x1 (- (1 - smin))).
  - unfold ot_mu; auto_derive; [easy|ring].
  - unfold ot_sigma; auto_derive; [easy|ring].
  - exact H0.
  - intros x; unfold ot_mu, ot_sigma, ot_field; now field.
Qed.

(* ---- VE path: mu = x1, sigma_t = s(1-t) ---- *)
Theorem ve_generates (s : R -> R) (ds x1 t : R) :
  is_derive s (1 - t) ds -> s (1 - t) <> 0 ->
  generates (fun _ => x1) (fun r => s (1 - r)) t
            (fun x => - (ds / s (1 - t)) * (x - x1)).
Proof.
  intros Hs H0. apply (generates_by_theorem_3 _ _ 0 (- ds)).
  - apply (is_derive_const x1).
  - now apply is_derive_reversed.
  - exact H0.
  - intros x; now field.
Qed.

(* ---- VP path: mu = alpha(1-t) x1, sigma = sqrt (1 - alpha(1-t)^2) ---- *)
Theorem vp_generates (al : R -> R) (dal x1 t : R) :
  is_derive al (1 - t) dal -> 0 < 1 - (al (1 - t))^2 ->
  generates (fun r => al (1 - r) * x1) (fun r => sqrt (1 - (al (1 - r))^2)) t
            (fun x => dal / (1 - (al (1 - t))^2) * (al (1 - t) * x - x1)).
Proof.
  intros Ha H0.
  assert (Hr := is_derive_reversed al t dal Ha).
  assert (Hq : 0 < sqrt (1 - (al (1 - t))^2)) by now apply sqrt_lt_R0.
  assert (Hqq := sqrt_sqrt _ (Rlt_le _ _ H0)).
  apply (generates_by_theorem_3 _ _ (- dal * x1) (al (1 - t) * dal / sqrt (1 - (al (1 - t))^2))).
  - apply (is_derive_scal_l (fun r => al (1 - r)) t (- dal) x1 Hr).
  - eapply is_derive_eq.
    + apply (is_derive_comp sqrt (fun r => 1 - (al (1 - r))^2)).
      * apply is_derive_sqrt; [apply is_derive_id|exact H0].
      * apply (is_derive_minus (fun _ => 1) (fun r => (al (1 - r))^2) t 0 (2 * al (1 - t) * - dal)).
        -- apply (is_derive_const 1).
        -- eapply is_derive_eq; [apply (is_derive_pow _ 2 _ _ Hr)|simpl; ring].
    + unfold scal, minus, plus, opp, one; simpl; unfold mult; simpl.
      simpl in Hq; field. lra.
  - simpl in *; lra.
  - intros x.
    set (q := sqrt (1 - (al (1 - t))^2)) in *.
    replace (1 - (al (1 - t))^2) with (q * q) by exact Hqq.
    assert (E : al (1-t) * al (1-t) = 1 - q * q) by (rewrite Hqq; ring).
    replace x1 with ((q*q + al (1-t) * al (1-t)) * x1) at 3 by (rewrite E; ring).
    field. lra.
Qed.

(* the same with al_t = exp (- T(t) / 2): the second printed form *)
Theorem vp_generates_T (T : R -> R) (dT x1 t : R) :
  is_derive T (1 - t) dT -> 0 < T (1 - t) ->
  generates (fun r => exp (- T (1 - r) / 2) * x1)
            (fun r => sqrt (1 - (exp (- T (1 - r) / 2))^2)) t
            (fun x => - dT / 2 * ((exp (- T (1 - t)) * x - exp (- T (1 - t) / 2) * x1)
                                  / (1 - exp (- T (1 - t))))).
Proof.
  intros HT H0.
  assert (E : (exp (- T (1 - t) / 2))^2 = exp (- T (1 - t))).
  { simpl; rewrite Rmult_1_r, <- exp_plus; f_equal; field. }
  assert (L : exp (- T (1 - t)) < 1) 
    by (apply Rlt_le_trans with (exp 0); [apply exp_increasing; lra|rewrite exp_0; lra]).
  assert (D : is_derive (fun s => exp (- T s / 2)) (1 - t)
                        (- dT / 2 * exp (- T (1 - t) / 2))).
  { eapply is_derive_eq.
    - apply (is_derive_comp exp (fun s => - T s / 2)); [apply is_derive_exp|].
      apply (is_derive_scal_l (fun s => - T s) (1 - t) (- dT) (/ 2)).
      apply (is_derive_opp _ _ _ HT).
    - unfold scal; simpl; unfold mult; simpl; field. }
  assert (G := vp_generates (fun s => exp (- T s / 2)) _ x1 t D).
  cbv beta in G. rewrite E in G.
  assert (P : 0 < 1 - exp (- T (1 - t))) by lra.
  destruct (G P) as [G1 G2]. split.
  - intros x0. specialize (G1 x0).
    eapply is_derive_eq; [exact G1|].
    rewrite <- E. simpl. field. simpl in E. lra.
  - intros v Hv x. rewrite (G2 v Hv x).
    rewrite <- E. simpl. field. simpl in E. lra.
Qed.

(* ---- general schedule x_t = alpha_t z + beta_t eps ---- *)
Theorem ab_generates (al be : R -> R) (dal dbe z t : R) :
  is_derive al t dal -> is_derive be t dbe -> be t <> 0 ->
  generates (fun r => al r * z) be t
            (fun x => (dal - dbe / be t * al t) * z + dbe / be t * x).
Proof.
  intros Ha Hb H0. apply (generates_by_theorem_3 _ _ (dal * z) dbe); auto.
  - apply (is_derive_scal_l al t dal z Ha).
  - intros x; now field.
Qed.

(* ---- the sign trap: reading the prime as d/dt of s(1-t) flips the sign ---- *)
Theorem ve_wrong_reading (s : R -> R) (ds x1 t : R) :
  is_derive s (1 - t) ds -> s (1 - t) <> 0 -> ds <> 0 ->
  ~ generates (fun _ => x1) (fun r => s (1 - r)) t
      (fun x => - (Derive (fun r => s (1 - r)) t / s (1 - t)) * (x - x1)).
Proof.
  intros Hs H0 Hd [G _].
  destruct (ve_generates s ds x1 t Hs H0) as [_ Hu].
  specialize (Hu (fun x => - (Derive (fun r => s (1 - r)) t / s (1 - t)) * (x - x1)) G
                 (x1 + s (1 - t))). cbv beta in Hu.
  assert (E : Derive (fun r : R => s (1 - r)) t = - ds)
    by exact (is_derive_unique _ _ _ (is_derive_reversed s t ds Hs)).
  rewrite E in Hu.
  apply Hd.
  replace (- (- ds / s (1 - t)) * (x1 + s (1 - t) - x1)) with ds in Hu by now field.
  replace (- (ds / s (1 - t)) * (x1 + s (1 - t) - x1)) with (- ds) in Hu by now field.
  lra.
Qed.

